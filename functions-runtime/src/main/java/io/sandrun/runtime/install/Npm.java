package io.sandrun.runtime.install;

import io.sandrun.runtime.Door;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.ShownTree;
import io.sandrun.runtime.archive.Selection;
import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.name.GuestName;
import io.sandrun.runtime.proxy.AllowedHosts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Installs what a package.json depends on, for one Node.js.
 *
 * <p>Scripts of dependencies run, in the sandbox. The project's own do not: most of its files are not there.
 *
 * @param program npm's own script
 */
record Npm(Interpreter interpreter, Path program, InstallSettings install) implements Tool {
    private static final List<String> LOCKS = List.of("npm-shrinkwrap.json", "package-lock.json");
    private static final Pattern FILE_REFERENCE = Pattern.compile("\"file:([^\"\\\\]{1,1000})\"");

    /** Packages of the project itself are linked to; the links become what they lead to, which the tree has not. */
    private static final String RUN = """
            exec 2>&1
            cd "$1" || exit
            "$2" "$3" "$4" --ignore-scripts || exit
            "$2" "$3" rebuild || exit
            for link in node_modules/* node_modules/@*/*; do
              [ -L "$link" ] || continue
              cp -RL "$link" "$link.whole" && rm "$link" && mv "$link.whole" "$link" || exit
            done
            """;

    private static final String TRIAL = """
            const net = require('net');
            const ask = (port, address, text) => new Promise(done => {
              const s = net.connect({port, host: address, timeout: 10000});
              s.on('error', () => done('closed')).on('timeout', () => { s.destroy(); done('closed'); });
              s.on('connect', () => text ? s.write(text + '\\r\\n\\r\\n') : (s.destroy(), done('open')));
              s.on('data', bytes => { s.destroy(); done(String(bytes).split(' ')[1]); });
            });
            (async () => {
              const said = [];
              for (const host of %s) said.push(await ask(%d, '127.0.0.1', `CONNECT ${host} HTTP/1.1`));
              console.log(said.join(' '));
              console.log(await ask(443, '1.1.1.1', null));
            })();
            """;

    @Override
    public String name() {
        return "npm";
    }

    @Override
    public List<String> versionCommand() {
        return List.of(interpreter.executable().toString(), program.toString(), "--version");
    }

    @Override
    public List<String> trialCommand() {
        String hosts = "['" + String.join("', '", Trial.REFUSED) + "']";
        return List.of(interpreter.executable().toString(), "-e", TRIAL.formatted(hosts, Door.PORT));
    }

    @Override
    public InstallPlan plan(Survey survey, String path) throws IOException, RequirementsException {
        String directory = path.substring(0, path.lastIndexOf('/') + 1);
        Set<String> wanted = new TreeSet<>(Set.of(path));
        LOCKS.forEach(lock -> wanted.add(directory + lock));
        Map<String, byte[]> contents = survey.read(new Selection(wanted));
        if (!contents.containsKey(path)) {
            throw new RequirementsException(
                    "The requirements file '" + GuestName.show(path) + "' is not among the job's files.");
        }
        if (!path.equals(directory + "package.json")) {
            throw new RequirementsException("npm reads a file of the name package.json, and no other.");
        }
        List<InputFile> texts = new ArrayList<>();
        Set<String> local = new TreeSet<>();
        contents.forEach((name, content) -> {
            texts.add(new InputFile(name, content, false));
            Matcher reference = FILE_REFERENCE.matcher(new String(content, StandardCharsets.UTF_8));
            while (reference.find()) {
                RequirementsText.inside(directory, reference.group(1))
                        .filter(inside -> !inside.isEmpty())
                        .ifPresent(local::add);
            }
        });
        InstallPlan.requireFew(local);
        local.removeAll(contents.keySet());
        Selection selection = new Selection(local, contents.keySet());
        String description = local.isEmpty() ? "" : survey.describe(selection);
        return new InstallPlan(path, texts, selection, description, contents.size() > 1);
    }

    @Override
    public List<String> command(InstallPlan plan) {
        String directory = "/work/" + plan.path().substring(0, plan.path().lastIndexOf('/') + 1);
        String node = interpreter.executable().toString();
        String how = plan.isLocked() ? "ci" : "install";
        return List.of(Tool.SHELL, "-c", RUN, "sandrun-install", directory, node, program.toString(), how);
    }

    @Override
    public Map<String, String> variables() {
        Map<String, String> variables = new TreeMap<>(Web.variables());
        install.npmRegistry().ifPresent(registry -> variables.put("npm_config_registry", registry.toString()));
        variables.put("npm_config_proxy", Web.PROXY);
        variables.put("npm_config_https_proxy", Web.PROXY);
        variables.put("npm_config_noproxy", "");
        variables.put("npm_config_cache", "/tmp/npm");
        variables.put("npm_config_userconfig", "/tmp/npm-user");
        variables.put("npm_config_globalconfig", "/tmp/npm-global");
        variables.put("npm_config_audit", "false");
        variables.put("npm_config_fund", "false");
        variables.put("npm_config_update_notifier", "false");
        variables.put("npm_config_progress", "false");
        variables.put("npm_config_color", "false");
        variables.put("npm_config_package_lock", "true");
        variables.put("npm_config_fetch_retries", "2");
        variables.put("npm_config_fetch_retry_mintimeout", "500");
        variables.put("npm_config_fetch_retry_maxtimeout", "5000");
        variables.put("npm_config_fetch_timeout", "30000");
        Web.certificates().ifPresent(bundle -> variables.put("npm_config_cafile", bundle.toString()));
        return variables;
    }

    @Override
    public List<Path> readOnlyPaths() {
        return interpreter.readOnlyPaths();
    }

    @Override
    public List<ShownTree> shownTrees() {
        return List.of();
    }

    @Override
    public AllowedHosts hosts() {
        return install.npmHosts();
    }

    @Override
    public String settings() {
        return "registry " + install.npmRegistry() + "\nhosts " + hosts().description() + "\n";
    }

    @Override
    public String treeOf(InstallPlan plan) {
        return plan.path().substring(0, plan.path().lastIndexOf('/') + 1) + "node_modules";
    }

    /** The lines of its first error, until it begins to talk about where it has written them down. */
    @Override
    public String reasonOf(String printed) {
        List<String> lines = printed.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("npm error ") || line.startsWith("npm ERR! "))
                .map(line -> line.substring("npm error ".length() - (line.startsWith("npm ERR!") ? 1 : 0))
                        .strip())
                .filter(line -> !line.isEmpty() && !line.startsWith("code ") && !line.startsWith("A complete log"))
                .limit(4)
                .toList();
        return GuestName.show(String.join("; ", lines));
    }
}
