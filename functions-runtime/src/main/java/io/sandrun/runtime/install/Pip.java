package io.sandrun.runtime.install;

import io.sandrun.runtime.Door;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.ShownTree;
import io.sandrun.runtime.archive.Selection;
import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.name.GuestName;
import io.sandrun.runtime.proxy.AllowedHosts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Installs what a requirements file lists, for one Python. */
record Pip(Interpreter interpreter, InstallSettings install) implements Tool {
    private static final String TREE = ".sandrun-packages";
    private static final String FIND_LINKS = "/wheels";

    /** Requirements that include others that include others: more than anybody has. */
    private static final int MOST_LISTS = 32;

    private static final int MOST_LINKS = 10_000;

    private static final String RUN = "exec 2>&1; exec \"$@\"";

    private static final String TRIAL = """
            import socket
            def status(text):
                with socket.create_connection(('127.0.0.1', %d), 10) as s:
                    s.sendall(text.encode() + b'\\r\\n\\r\\n')
                    return s.recv(100).decode().split(' ')[1]
            print(*[status(f'CONNECT {host} HTTP/1.1') for host in %s])
            try:
                socket.create_connection(('1.1.1.1', 443), 5)
                print('open')
            except OSError:
                print('closed')
            """;

    @Override
    public String name() {
        return "pip";
    }

    @Override
    public List<String> versionCommand() {
        return List.of(interpreter.executable().toString(), "-c", "import pip; print(pip.__version__)");
    }

    @Override
    public List<String> trialCommand() {
        String hosts = "['" + String.join("', '", Trial.REFUSED) + "']";
        return List.of(interpreter.executable().toString(), "-c", TRIAL.formatted(Door.PORT, hosts));
    }

    @Override
    public InstallPlan plan(Survey survey, String path) throws IOException, RequirementsException {
        Map<String, InputFile> texts = new TreeMap<>();
        Set<String> local = new TreeSet<>();
        Set<String> wanted = new LinkedHashSet<>(Set.of(path));
        while (!wanted.isEmpty()) {
            Map<String, byte[]> contents = survey.read(new Selection(wanted));
            if (texts.isEmpty() && !contents.containsKey(path)) {
                throw new RequirementsException(
                        "The requirements file '" + GuestName.show(path) + "' is not among the job's files.");
            }
            wanted.clear();
            for (var found : contents.entrySet()) {
                RequirementsText text = RequirementsText.parse(found.getKey(), found.getValue());
                texts.put(found.getKey(), new InputFile(found.getKey(), text.bytes(), false));
                local.addAll(text.local());
                InstallPlan.requireFew(local);
                wanted.addAll(text.lists());
            }
            wanted.removeAll(texts.keySet());
            if (texts.size() + wanted.size() > MOST_LISTS) {
                throw new RequirementsException("There are more than " + MOST_LISTS + " requirements files.");
            }
        }
        local.removeAll(texts.keySet());
        Selection selection = new Selection(local, texts.keySet());
        String description = local.isEmpty() ? "" : survey.describe(selection);
        return new InstallPlan(path, List.copyOf(texts.values()), selection, description, false);
    }

    @Override
    public List<String> command(InstallPlan plan) {
        List<String> command = new ArrayList<>(List.of(Tool.SHELL, "-c", RUN, "sandrun-install"));
        command.addAll(List.of(interpreter.executable().toString(), "-m", "pip", "--isolated", "install"));
        command.addAll(List.of("--target", "/work/" + TREE, "--no-cache-dir", "--disable-pip-version-check"));
        command.addAll(List.of("--no-input", "--no-color", "--progress-bar", "off", "--no-warn-script-location"));
        command.addAll(List.of("--retries", "2", "--timeout", "20", "--proxy", Web.PROXY));
        Web.certificates().ifPresent(bundle -> command.addAll(List.of("--cert", bundle.toString())));
        Optional<URI> index = install.pipIndex();
        command.addAll(index.isPresent() ? List.of("--index-url", index.get().toString()) : List.of("--no-index"));
        if (index.isPresent() && "http".equals(index.get().getScheme())) {
            command.addAll(List.of("--trusted-host", String.valueOf(index.get().getRawAuthority())));
        }
        if (install.pipFindLinks().isPresent()) {
            command.addAll(List.of("--find-links", FIND_LINKS));
        }
        command.addAll(List.of("-r", plan.path()));
        return command;
    }

    @Override
    public Map<String, String> variables() {
        Map<String, String> variables = new TreeMap<>(Web.variables());
        variables.put("PIP_CONFIG_FILE", "/dev/null");
        return variables;
    }

    @Override
    public List<Path> readOnlyPaths() {
        return interpreter.readOnlyPaths();
    }

    @Override
    public List<ShownTree> shownTrees() {
        return install.pipFindLinks()
                .map(folder -> List.of(new ShownTree(folder, FIND_LINKS)))
                .orElse(List.of());
    }

    @Override
    public AllowedHosts hosts() {
        return install.pipHosts();
    }

    @Override
    public String settings() throws IOException {
        Set<String> links = new TreeSet<>();
        if (install.pipFindLinks().isPresent()) {
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(install.pipFindLinks().get())) {
                for (Path file : files) {
                    links.add(file.getFileName() + " " + Files.size(file) + " " + Files.getLastModifiedTime(file));
                    if (links.size() > MOST_LINKS) {
                        throw new IOException("the folder of wheels has more than " + MOST_LINKS + " files");
                    }
                }
            }
        }
        return "index " + install.pipIndex() + "\nhosts " + hosts().description() + "\nlinks " + links + "\n";
    }

    @Override
    public String treeOf(InstallPlan plan) {
        return TREE;
    }

    /** Its first ERROR names the package; a failed build is told before that, with the package at the end. */
    @Override
    public String reasonOf(String printed) {
        return printed.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("ERROR: ") || line.startsWith("error: "))
                .min((one, other) -> Boolean.compare(one.startsWith("error"), other.startsWith("error")))
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .map(GuestName::show)
                .orElse("");
    }
}
