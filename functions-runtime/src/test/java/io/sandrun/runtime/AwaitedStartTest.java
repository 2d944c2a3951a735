package io.sandrun.runtime;

import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A Node.js that was there before its job cannot be told from one that is executed for it by what comes of it. Each
 * program runs both ways on real sandboxes. Run again as nobody by UnprivilegedTest.
 */
class AwaitedStartTest {
    private static final String NODE = "/usr/bin/node";
    private static final int COLD = 0;
    private static final int AWAITED = 1;
    private static final int MOST_ROUNDS = 10;

    /** A name for the test, and what the job's main.js says. */
    private static final Map<String, String> PROGRAMS = Map.ofEntries(
            Map.entry("nothing", ""),
            Map.entry("output", "console.log('out'); console.error('err')"),
            Map.entry("an exit code", "process.exit(37)"),
            Map.entry(
                    "an exit code that is set", "process.exitCode = 5; process.on('exit', c => console.log('at', c))"),
            Map.entry("an exception", "function f() { throw new Error('no') }\nconsole.log('first'); f()"),
            Map.entry("a promise that fails", "Promise.reject(new TypeError('never'))"),
            Map.entry("an error of syntax", "console.log('never')\nif true"),
            Map.entry("a signal of its own", "process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 9999)"),
            Map.entry("an abort", "process.abort()"),
            Map.entry("the process", """
                    console.log(process.argv, process.execArgv, process.execPath, process.argv0, process.version)
                    console.log(process.pid, process.ppid, process.cwd(), process.umask(), process.exitCode)
                    console.log(process.getuid(), process.getgid(), process.getgroups(), process.features)
                    console.log(process.moduleLoadList.length, process.listenerCount('exit'), process.eventNames())"""),
            Map.entry("modules", """
                    console.log(require.main === module, __filename, module.id, module.loaded, module.paths)
                    console.log(Object.keys(require.cache), module.children.length, module.parent, require.extensions)
                    console.log(Object.keys(require('module')._pathCache), require('./beside').NAME)"""),
            Map.entry("the environment", "console.log(process.env, process.env.OWN, process.env.NODE_OPTIONS)"),
            Map.entry("the environment of children", """
                    const { spawnSync, fork } = require('child_process')
                    console.log(String(spawnSync('/usr/bin/env').stdout))
                    console.log(String(spawnSync(process.execPath, ['-p', 'process.execArgv']).stdout))"""),
            Map.entry("a thread", """
                    const { Worker, isMainThread } = require('worker_threads')
                    if (isMainThread) new Worker(__filename, { argv: [1] }).on('exit', c => console.log('exit', c))
                    else console.log(process.argv, process.env.OWN, Object.keys(require.cache).length)"""),
            Map.entry("a fork", """
                    if (process.send) process.send([process.argv, process.execArgv, process.env.OWN])
                    else require('child_process').fork(__filename, ['x']).on('message', m => console.log(m))"""),
            Map.entry("standard streams", """
                    const { fstatSync } = require('fs')
                    for (const s of [process.stdin, process.stdout, process.stderr])
                      console.log(s.fd, s.isTTY, s.constructor.name, fstatSync(s.fd).isFIFO())"""),
            Map.entry("input", "process.stdin.on('data', d => process.stdout.write(String(d).toUpperCase()))"),
            Map.entry("dates", "console.log(new Date(0).toString(), Intl.DateTimeFormat().resolvedOptions())"),
            Map.entry("time that passes", """
                    const start = process.hrtime.bigint(); const now = Date.now()
                    setTimeout(() => console.log(Date.now() - now < 5000, process.hrtime.bigint() > start), 5)"""),
            Map.entry("promises at the top", "(async () => { await null; console.log('later') })()"),
            Map.entry("what the kernel says of it", """
                    const keep = /^(Name|Umask|Uid|Gid|Groups|Sig\\w+|Cap\\w+|NoNewPrivs|Seccomp|Threads):/
                    const { readFileSync, readlinkSync } = require('fs')
                    const status = readFileSync('/proc/self/status', 'utf8').split('\\n')
                    console.log(status.filter(l => keep.test(l)).join('\\n'), readlinkSync('/proc/self/exe'))
                    for (const name of ['limits', 'oom_score_adj'])
                      console.log(readFileSync('/proc/self/' + name, 'utf8'))"""),
            Map.entry("native code of the library", "console.log(require('zlib').gzipSync('x').length)"));

    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(2).needing(NODE);

    private static Guest program(String source, String... arguments) {
        List<String> command = new ArrayList<>(List.of(NODE, "main.js"));
        command.addAll(List.of(arguments));
        return Guest.command(command.toArray(String[]::new))
                .environment(Map.of("PATH", "/usr/bin:/bin", "HOME", "/work", "TZ", "UTC", "OWN", "\u00e4 b"))
                .stdin("some input")
                .file("main.js", source, false)
                .file("beside.js", "exports.NAME = 'beside'", false);
    }

    /** Runs it where a process waits: the first runs of a kind have none. */
    private static RunResult awaited(Guest guest) {
        Guest allowed = guest.awaited(1);
        RunResult result = allowed.runIn(SLOTS.slot(AWAITED));
        for (int round = 0; round < MOST_ROUNDS && result.phases().birth() != Birth.AWAITED; round++) {
            result = allowed.runIn(SLOTS.slot(AWAITED));
        }
        assertThat(result.phases().birth()).as(result.reason()).isEqualTo(Birth.AWAITED);
        return result;
    }

    private static void assertSame(RunResult awaited, RunResult executed) {
        assertThat(executed.phases().birth()).isEqualTo(Birth.EXECUTED);
        assertThat(text(awaited.stdout())).isEqualTo(text(executed.stdout()));
        assertThat(text(awaited.stderr())).isEqualTo(text(executed.stderr()));
        assertThat(awaited.exitCode()).isEqualTo(executed.exitCode());
        assertThat(awaited.signal()).isEqualTo(executed.signal());
        assertThat(awaited.outcome()).isEqualTo(executed.outcome());
        assertThat(awaited.reason()).isEqualTo(executed.reason());
    }

    @TestFactory
    Stream<DynamicTest> a_program_whose_process_waited_does_what_an_executed_one_does() {
        return PROGRAMS.entrySet().stream()
                .map(one -> DynamicTest.dynamicTest(one.getKey(), () -> {
                    String[] arguments = {"--option", "an argument"};
                    RunResult cold = program(one.getValue(), arguments).runIn(SLOTS.slot(COLD));
                    assertSame(awaited(program(one.getValue(), arguments)), cold);
                }));
    }

    @Test
    void other_arguments_and_what_the_platform_sets_are_told_with_the_job() {
        String source = "console.log(process.argv.slice(2), process.env.SANDRUN_JOB_ID, process.env.SOURCE_DATE_EPOCH)";
        for (int job = 0; job < 3; job++) {
            String number = Integer.toString(job);
            Guest guest = program(source, "argument " + job, "")
                    .environment(Map.of("HOME", "/work", "SANDRUN_JOB_ID", number, "SOURCE_DATE_EPOCH", number));
            assertThat(text(awaited(guest).stdout()))
                    .isEqualTo("[ 'argument %1$s', '' ] %1$s %1$s\n".formatted(number));
        }
    }

    @Test
    void no_variables_at_all_are_none() {
        Guest bare = program("console.log(process.env)").environment(Map.of());
        assertThat(text(awaited(bare).stdout())).isEqualTo("{}\n");
    }

    @Test
    void a_module_with_the_other_syntax_runs() {
        Guest guest = Guest.command(NODE, "src/main.mjs", "x")
                .file("src/main.mjs", "import { NAME } from './beside.mjs'; console.log(NAME, process.argv)", false)
                .file("src/beside.mjs", "export const NAME = 'beside'", false);
        assertSame(awaited(guest), guest.awaited(1).runIn(SLOTS.slot(COLD)));
    }

    @Test
    void no_two_processes_draw_the_same() {
        String source = """
                const crypto = require('crypto')
                console.log([Math.random(), crypto.randomBytes(8).toString('hex'), crypto.randomUUID()].join('\\n'))
                """;
        List<String> drawn = new ArrayList<>();
        for (int job = 0; job < 4; job++) {
            drawn.addAll(text(awaited(program(source)).stdout()).lines().toList());
        }
        assertThat(drawn).hasSize(12).doesNotHaveDuplicates();
    }

    @Test
    void a_job_leaves_nothing_to_the_process_that_waits_for_the_next() {
        String looks = """
                const { readdirSync, readFileSync } = require('fs')
                const open = readdirSync('/proc/self/fd').map(fd => {
                  try { return require('fs').readlinkSync('/proc/self/fd/' + fd) } catch { return '' }
                })
                console.log(open.filter(name => name.startsWith('socket')).length)
                console.log(['/work', '/tmp', '/dev/shm'].map(path => readdirSync(path)))
                console.log(readdirSync('/proc').filter(name => /^[0-9]+$/.test(name)))
                console.log(readFileSync('/proc/self/environ', 'utf8').includes('secret'), globalThis.secret)
                """;
        String before = text(awaited(program(looks)).stdout());
        assertThat(before).startsWith("0\n").contains("[ '1', '2' ]", "false undefined");
        awaited(program("globalThis.secret = 1; require('fs').writeFileSync('/tmp/secret', 'x')", "secret")
                .environment(Map.of("PATH", "/usr/bin:/bin", "SANDRUN_JOB_ID", "secret")));
        assertThat(text(awaited(program(looks)).stdout())).isEqualTo(before);
    }

    @Test
    void what_acts_on_the_start_of_node_is_never_told_late() {
        Guest optional = program("console.log(process.noDeprecation, process.env.NODE_OPTIONS)")
                .environment(Map.of("NODE_OPTIONS", "--no-deprecation"));
        for (int round = 0; round < 3; round++) {
            RunResult result = optional.awaited(1).runIn(SLOTS.slot(AWAITED));
            assertThat(result.phases().birth()).isEqualTo(Birth.EXECUTED);
            assertThat(text(result.stdout())).isEqualTo("true --no-deprecation\n");
        }
    }

    /** It is read before the program, and comes with the job. */
    @Test
    void a_file_of_the_jobs_that_acts_on_the_start_is_heeded() {
        Guest configured = program("console.log(require('crypto').getFips())")
                .environment(Map.of("OPENSSL_CONF", "/work/openssl.cnf"))
                .file("openssl.cnf", "nodejs_conf = nodejs\n[nodejs]\n.include = /work/none\n=\n", false);
        for (int round = 0; round < 4; round++) {
            RunResult result = configured.awaited(1).runIn(SLOTS.slot(AWAITED));
            assertThat(text(result.stderr())).contains("OpenSSL configuration error");
        }
    }

    @Test
    void a_program_that_does_not_come_to_wait_is_executed() {
        Guest guest = Guest.command("/bin/echo", "said").awaited(1);
        for (int round = 0; round < 5; round++) {
            RunResult result = guest.runIn(SLOTS.slot(AWAITED));
            assertThat(text(result.stdout())).isEqualTo("said\n");
            assertThat(result.phases().birth()).isEqualTo(Birth.EXECUTED);
        }
    }
}
