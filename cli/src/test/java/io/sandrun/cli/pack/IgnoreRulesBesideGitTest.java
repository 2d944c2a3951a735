package io.sandrun.cli.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same random rules and folders, asked of git: whoever knows its ignore files knows ours. */
class IgnoreRulesBesideGitTest {
    private static final int ROUNDS = 60;
    private static final int FILES = 40;
    private static final long PATIENCE_SECONDS = 60;

    private static final List<String> NAMES = List.of("a", "b", "ab", "a.b", "b.a", "aa", "[a]");
    private static final List<String> PARTS =
            List.of("a", "b", "*", "**", "a*", "*b", "?", "a?", "[ab]", "[!a]", "[a-b]*", "*.b", "\\a", "\\[a\\]");

    @TempDir
    Path directory;

    @Test
    void the_same_files_are_left_out() throws Exception {
        Assumptions.assumeTrue(hasGit(), "this machine has no git");
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int kept = 0;
        int leftOut = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Path folder = Files.createDirectory(directory.resolve("round" + round));
            int made = makeFiles(folder, random);
            List<String> rules = rules(random);
            Files.write(folder.resolve(IgnoreRules.FILE), rules);
            List<String> args = List.of("ls-files", "--others", "--exclude-from=" + IgnoreRules.FILE);
            git(folder, List.of("init", "-q"));
            Set<String> expected = new TreeSet<>(git(folder, args));
            expected.remove(IgnoreRules.FILE);
            assertThat(kept(folder))
                    .as("round %d of seed %d: %s", round, seed, rules)
                    .isEqualTo(expected);
            kept += expected.size();
            leftOut += made - expected.size();
        }
        assertThat(Math.min(kept, leftOut)).as("files of either kind").isGreaterThan(ROUNDS);
    }

    private static Set<String> kept(Path folder) throws IOException {
        Set<String> files = new TreeSet<>();
        try {
            ProjectFolder project = ProjectFolder.of(folder, new ProjectFolder.Bounds(1 << 20, 10_000));
            project.files().forEach(files::add);
        } catch (ProjectRefusedException nothingLeft) {
            assertThat(nothingLeft).hasMessageContaining("no files");
        }
        return files;
    }

    private static int makeFiles(Path folder, Random random) throws IOException {
        int made = 0;
        for (int count = 0; count < FILES; count++) {
            Path file = folder;
            int depth = 1 + random.nextInt(4);
            for (int level = 1; level < depth; level++) {
                file = file.resolve(NAMES.get(random.nextInt(NAMES.size())));
                if (Files.isRegularFile(file)) {
                    break;
                }
                Files.createDirectories(file);
            }
            Path last = file.resolve(NAMES.get(random.nextInt(NAMES.size())));
            if (Files.isDirectory(file) && !Files.exists(last)) {
                Files.createFile(last);
                made++;
            }
        }
        return made;
    }

    private static List<String> rules(Random random) {
        List<String> rules = new ArrayList<>();
        for (int count = 1 + random.nextInt(5); count > 0; count--) {
            List<String> parts = new ArrayList<>();
            for (int level = 1 + random.nextInt(3); level > 0; level--) {
                parts.add(PARTS.get(random.nextInt(PARTS.size())));
            }
            rules.add((random.nextInt(3) == 0 ? "!" : "")
                    + (random.nextInt(4) == 0 ? "/" : "")
                    + String.join("/", parts)
                    + (random.nextInt(5) == 0 ? "/" : ""));
        }
        return rules;
    }

    private static boolean hasGit() {
        try {
            return !git(Path.of("."), List.of("--version")).isEmpty();
        } catch (IOException | InterruptedException absent) {
            return false;
        }
    }

    private static List<String> git(Path folder, List<String> args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git", "-c", "core.quotePath=false"));
        command.addAll(args);
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said.lines().toList();
    }
}
