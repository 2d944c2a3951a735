package io.sandrun.runtime;

import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs whose variables differ are forked from one zygote, unless its imports have looked at those: then what they found
 * is in modules that the job would inherit.
 */
class ForkedVariablesTest {
    /** Enough for two zygotes, one after the other. */
    private static final int RUNS = 8;

    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1).needing(ForkedStartTest.PYTHON);

    @TempDir
    Path tree;

    private static RunResult run(Guest guest, Map<String, String> more) {
        Map<String, String> variables = new HashMap<>(more);
        variables.putAll(Map.of("PATH", "/usr/bin:/bin", "HOME", "/work", "PYTHONPATH", "/modules", "LANG", "C.UTF-8"));
        RunResult result = guest.environment(variables).runIn(SLOTS.slot());
        assertThat(text(result.stderr())).isEmpty();
        return result;
    }

    @Test
    void what_no_import_has_looked_at_may_differ_from_job_to_job() throws IOException {
        Guest guest = ForkedStartTest.importing(tree, "blind", "import os\nos.environ.get('OTHER')", """
                import os, subprocess
                print(sorted(os.environ.items()))
                print(sorted(subprocess.run('/usr/bin/env', capture_output=True).stdout.decode().splitlines()))
                print(b'OWN' in open('/proc/self/environ', 'rb').read())
                """);
        for (int run = 0; run < RUNS; run++) {
            Map<String, String> own = Map.of("OWN" + run, "this " + run, "TOKEN", "secret" + run);
            RunResult result = run(guest, own);
            boolean isForked = result.phases().isForked();
            assertThat(isForked).as("run %s", run).isEqualTo(run >= 2);
            assertThat(text(result.stdout())).isEqualTo("""
                    [('HOME', '/work'), ('LANG', 'C.UTF-8'), ('OWN%1$d', 'this %1$d'), ('PATH', '/usr/bin:/bin'), \
                    ('PYTHONPATH', '/modules'), ('TOKEN', 'secret%1$d')]
                    ['HOME=/work', 'LANG=C.UTF-8', 'OWN%1$d=this %1$d', 'PATH=/usr/bin:/bin', \
                    'PYTHONPATH=/modules', 'TOKEN=secret%1$d']
                    %2$s
                    """.formatted(run, isForked ? "False" : "True"));
        }
    }

    /** In Python and in C, whether it was there or not. */
    @Test
    void a_job_finds_what_its_imports_would_have_made_of_its_variables() throws IOException {
        Guest guest = ForkedStartTest.importing(tree, "looking", """
                import ctypes, os
                getenv = ctypes.CDLL(None).getenv
                getenv.restype = ctypes.c_char_p
                found = os.environ.get('SEEN'), getenv(b'SEEN_BY_C'), 'SEEN_AS_KEY' in os.environ
                """, "import looking\nprint(looking.found)");
        for (String name : new String[] {"SEEN", "SEEN_BY_C", "SEEN_AS_KEY"}) {
            Birth birth = Birth.EXECUTED;
            for (int run = 0; run < RUNS; run++) {
                String value = run < 2 ? "first" : "second";
                RunResult result = run(guest, run == 0 ? Map.of() : Map.of(name, value));
                assertThat(text(result.stdout()))
                        .as("%s in run %s, %s", name, run, result.phases().start())
                        .isEqualTo("(%s, %s, %s)\n"
                                .formatted(
                                        run > 0 && name.equals("SEEN") ? "'" + value + "'" : "None",
                                        run > 0 && name.equals("SEEN_BY_C") ? "b'" + value + "'" : "None",
                                        run > 0 && name.equals("SEEN_AS_KEY") ? "True" : "False"));
                birth = result.phases().birth();
            }
            assertThat(birth).as(name).isEqualTo(Birth.FORKED);
        }
    }

    @Test
    void imports_that_look_at_all_variables_share_with_nobody_who_has_others() throws IOException {
        Guest guest = ForkedStartTest.importing(
                tree, "curious", "import os\nnames = sorted(os.environ)", "import curious\nprint(curious.names[0])");
        for (int run = 0; run < RUNS; run++) {
            assertThat(text(run(guest, Map.of("A" + run, "")).stdout())).isEqualTo("A" + run + "\n");
        }
        for (int run = 0; run < RUNS; run++) {
            assertThat(text(run(guest, Map.of("ALL", "")).stdout())).isEqualTo("ALL\n");
        }
        assertThat(run(guest, Map.of("ALL", "")).phases().isForked()).isTrue();
    }

    /** As scikit-learn does it, so that children of the process have them. */
    @Test
    void a_job_finds_the_variables_that_its_imports_set() throws IOException {
        Guest guest = ForkedStartTest.importing(
                tree,
                "setting",
                "from os import environ\nenviron['SET'] = 'new'\nenviron.setdefault('KMP_SET', 'x')\n"
                        + "environ.pop('GONE', 0)",
                """
                import setting, os, subprocess
                names = 'SET', 'KMP_SET', 'GONE', 'OWN'
                print([os.environ.get(name) for name in names])
                print([subprocess.getoutput('echo $' + name) for name in names])
                """);
        Birth birth = Birth.EXECUTED;
        for (int run = 0; run < RUNS; run++) {
            RunResult result = run(guest, Map.of("SET", "old", "GONE", "there", "OWN", "" + run));
            assertThat(text(result.stdout())).as("run %s", run).isEqualTo("""
                    ['new', 'x', None, '%1$d']
                    ['new', 'x', '', '%1$d']
                    """.formatted(run));
            birth = result.phases().birth();
        }
        assertThat(birth).isEqualTo(Birth.FORKED);
    }

    @Test
    void imports_that_fail_without_a_variable_have_it() throws IOException {
        Guest guest = ForkedStartTest.importing(
                tree, "needy", "import os\nneed = os.environ['NEED']", "import needy\nprint(needy.need)");
        for (int run = 0; run < RUNS; run++) {
            assertThat(text(run(guest, Map.of("NEED", "met")).stdout())).isEqualTo("met\n");
        }
        assertThat(run(guest, Map.of("NEED", "met")).phases().isForked()).isTrue();
    }
}
