package io.sandrun.runtime.install;

import io.sandrun.runtime.proxy.AllowedHosts;
import io.sandrun.runtime.proxy.HostPort;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where packages come from, as the node's owner has decided. Immutable.
 *
 * @param pipIndex a simple package index, or empty for the folder alone
 * @param pipFindLinks a folder of wheels and source archives beside the index
 * @param npmRegistry an npm registry, or empty for none
 * @param hosts further hosts that files are fetched from, see {@link AllowedHosts}
 * @param limits of one installation
 */
public record InstallSettings(
        Optional<URI> pipIndex,
        Optional<Path> pipFindLinks,
        Optional<URI> npmRegistry,
        List<String> hosts,
        InstallLimits limits) {
    private static final String PYPI = "pypi.org";

    /** Where the index of that name keeps its files. */
    private static final String PYPI_FILES = "files.pythonhosted.org:443";

    /** @throws IllegalArgumentException with a sentence that names what cannot be used */
    public InstallSettings {
        hosts = List.copyOf(hosts);
        pipIndex.ifPresent(InstallSettings::hostOf);
        npmRegistry.ifPresent(InstallSettings::hostOf);
        AllowedHosts.of(hosts);
        if (pipFindLinks.isPresent() && !pipFindLinks.get().isAbsolute()) {
            throw new IllegalArgumentException("The folder " + pipFindLinks.get() + " is not an absolute path.");
        }
    }

    /** The same with other limits. */
    public InstallSettings with(InstallLimits other) {
        return new InstallSettings(pipIndex, pipFindLinks, npmRegistry, hosts, other);
    }

    /** Where pip may connect to. */
    AllowedHosts pipHosts() {
        List<String> allowed = new ArrayList<>(hosts);
        pipIndex.ifPresent(index -> {
            allowed.add(hostOf(index).toString());
            if (PYPI.equals(index.getHost())) {
                allowed.add(PYPI_FILES);
            }
        });
        return allowed(allowed);
    }

    AllowedHosts npmHosts() {
        List<String> allowed = new ArrayList<>(hosts);
        npmRegistry.ifPresent(registry -> allowed.add(hostOf(registry).toString()));
        return allowed(allowed);
    }

    /** What is given with an address counts, wherever else it is named. */
    private static AllowedHosts allowed(List<String> entries) {
        List<String> pinned =
                entries.stream().filter(entry -> entry.indexOf('=') >= 0).toList();
        List<String> ordered = new ArrayList<>(entries);
        ordered.removeAll(pinned);
        ordered.addAll(pinned);
        return AllowedHosts.of(ordered);
    }

    static HostPort hostOf(URI address) {
        String scheme = String.valueOf(address.getScheme());
        boolean isWeb = scheme.equals("https") || scheme.equals("http");
        if (!isWeb || address.getRawQuery() != null || address.getRawFragment() != null) {
            throw new IllegalArgumentException("'" + address + "' is no plain http or https address.");
        }
        if (address.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "An index address with a user in it would show the password to everything"
                            + " that is installed; let the index admit this machine without one.");
        }
        return HostPort.parse(String.valueOf(address.getRawAuthority()), scheme.equals("https") ? 443 : 80)
                .orElseThrow(() -> new IllegalArgumentException("'" + address + "' names no host."));
    }
}
