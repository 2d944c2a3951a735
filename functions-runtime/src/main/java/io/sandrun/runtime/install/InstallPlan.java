package io.sandrun.runtime.install;

import io.sandrun.runtime.HostCopy;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.archive.Selection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * All that an installation gets of a project.
 *
 * @param path of the file that lists the requirements
 * @param texts the files that list requirements, as the installer will see them
 * @param local files and directories of the project that these name
 * @param localDescription what these are, see {@link Survey#describe}
 * @param isLocked whether the exact versions are written down
 */
public record InstallPlan(
        String path, List<InputFile> texts, Selection local, String localDescription, boolean isLocked) {
    /** Of files and directories of the project; each is looked for at every entry of its archives. */
    private static final int MOST_LOCAL = 1000;

    public InstallPlan {
        texts = List.copyOf(texts);
    }

    /** @throws RequirementsException when more of the project is named than anybody looks for */
    static void requireFew(Set<String> local) throws RequirementsException {
        if (local.size() > MOST_LOCAL) {
            throw new RequirementsException("The requirements name more than " + MOST_LOCAL
                    + " files and directories of the project; name a directory with all of them.");
        }
    }

    /** What the sandbox shows of the project. */
    Inputs inputs(Inputs project) {
        List<InputFile> files = new ArrayList<>(texts);
        for (InputFile file : project.files()) {
            if (!isText(file.path()) && local.takes(file.path())) {
                files.add(file);
            }
        }
        List<HostCopy> copies =
                project.copies().stream().filter(copy -> !isText(copy.path())).toList();
        return new Inputs(files, copies, project.archives(), project.archiveLimits(), local);
    }

    private boolean isText(String file) {
        return texts.stream().anyMatch(text -> text.path().equals(file));
    }

    /** The same for the same content, and for no other. */
    String description() {
        StringBuilder description = new StringBuilder("requirements\t" + path + "\n");
        for (InputFile text : texts) {
            description.append("text\t" + text.path() + "\t" + text.content().length + "\n");
            description
                    .append(new String(text.content(), StandardCharsets.UTF_8))
                    .append('\n');
        }
        return description.append(localDescription).toString();
    }
}
