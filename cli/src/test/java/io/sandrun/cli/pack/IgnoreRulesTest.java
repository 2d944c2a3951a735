package io.sandrun.cli.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class IgnoreRulesTest {
    @Test
    void a_name_is_left_out_in_every_folder() throws Exception {
        String rules = "*.log\n";
        assertLeftOut(rules, "a.log", "deep/in/b.log");
        assertKept(rules, "a.log.txt", "log");
    }

    @Test
    void a_slash_in_front_or_inside_binds_to_the_root() throws Exception {
        assertLeftOut("/build", "build");
        assertKept("/build", "src/build");
        assertLeftOut("docs/draft.md", "docs/draft.md");
        assertKept("docs/draft.md", "old/docs/draft.md");
    }

    @Test
    void a_slash_at_the_end_means_folders_only() throws Exception {
        assertLeftOut("cache/", "cache/", "a/cache/");
        assertKept("cache/", "cache");
    }

    @Test
    void two_stars_stand_for_any_folders() throws Exception {
        assertLeftOut("**/tmp", "tmp", "a/tmp", "a/b/tmp");
        assertLeftOut("a/**/z", "a/z", "a/b/z", "a/b/c/z");
        assertLeftOut("out/**", "out/a", "out/a/b");
        assertKept("out/**", "out/", "in/out/a");
    }

    @Test
    void a_star_stops_at_a_slash_and_a_question_mark_is_one_character() throws Exception {
        assertKept("a/*.txt", "a/b/c.txt");
        assertLeftOut("file?.csv", "file1.csv", "file\uD83D\uDE00.csv");
        assertKept("file?.csv", "file.csv", "file12.csv");
    }

    @Test
    void sets_of_characters_match_one_of_them() throws Exception {
        assertLeftOut("v[0-9a].txt", "v7.txt", "va.txt");
        assertKept("v[0-9a].txt", "vb.txt", "v[.txt");
        assertLeftOut("v[!0-9].txt", "vb.txt");
        assertKept("v[^0-9].txt", "v7.txt");
        assertLeftOut("x[]a-]y", "x]y", "x-y", "xay");
        assertLeftOut("x[\\]]y", "x]y");
    }

    @Test
    void the_last_line_that_matches_decides() throws Exception {
        String rules = "*.csv\n!keep.csv\n/data/keep.csv\n";
        assertLeftOut(rules, "a.csv", "data/keep.csv");
        assertKept(rules, "keep.csv", "other/keep.csv");
    }

    @Test
    void comments_blank_lines_and_spaces_at_the_end_say_nothing() throws Exception {
        String rules = "# a comment\n\n   \n*.tmp   \r\n\\#odd\nwith\\ \n";
        assertLeftOut(rules, "x.tmp", "#odd", "with ");
        assertKept(rules, "# a comment", "with");
    }

    @Test
    void the_past_of_git_and_the_ignore_file_itself_are_always_left_out() throws Exception {
        assertLeftOut("!.git\n!.sandrunignore", ".git/", "module/.git", ".sandrunignore");
        assertKept("", ".gitignore", "sub/.sandrunignore");
    }

    @Test
    void a_slip_is_told_with_its_line() {
        for (String slip : List.of("[a-z", "name\\", "../up", "/", "!")) {
            assertThatThrownBy(() -> IgnoreRules.parse("ok\n" + slip))
                    .isInstanceOf(ProjectRefusedException.class)
                    .hasMessageContaining("line 2");
        }
    }

    @Test
    void many_stars_take_no_time() throws Exception {
        String name = "a".repeat(200) + "b";
        assertKept("*a".repeat(60) + "c", name);
        assertLeftOut("*a".repeat(60) + "b", name);
    }

    private static void assertLeftOut(String rules, String... paths) throws Exception {
        for (String path : paths) {
            assertThat(leavesOut(rules, path))
                    .as("%s leaves out %s", rules, path)
                    .isTrue();
        }
    }

    private static void assertKept(String rules, String... paths) throws Exception {
        for (String path : paths) {
            assertThat(leavesOut(rules, path))
                    .as("%s leaves out %s", rules, path)
                    .isFalse();
        }
    }

    /** A slash at a path's end marks a folder. */
    private static boolean leavesOut(String rules, String path) throws Exception {
        return IgnoreRules.parse(rules).leaveOut(List.of(path.split("/")), path.endsWith("/"));
    }
}
