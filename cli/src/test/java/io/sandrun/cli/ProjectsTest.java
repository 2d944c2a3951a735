package io.sandrun.cli;

import static io.sandrun.cli.ProjectJobs.files;
import static io.sandrun.cli.ProjectJobs.resource;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projects from the upload of their files to the download of what they made: a real platform, real sandboxes. */
class ProjectsTest {
    private static final String WRITE_SOME = """
            import os
            for path in ("plots/a.png", "plots/deep/b.png", "top.png", "logs/run.log", "logs/run.txt", "report.txt"):
                os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
                with open(path, "w") as file:
                    file.write(path)
            with open("input.csv", "a") as file:
                file.write("3\\n")
            """;

    @TempDir
    static Path directory;

    private static SandrunProcess up;
    private static ProjectJobs jobs;

    @BeforeAll
    static void start() throws Exception {
        up = SandrunProcess.start(
                Map.of(), "up", "--port=0", "--slots=2", "--environments=none", "--data=" + directory.resolve("data"));
        Path downloads = Files.createDirectory(directory.resolve("downloads"));
        jobs = new ProjectJobs(up.awaitError("listening at (http://\\S+)"), downloads);
        up.awaitError("ready");
    }

    @AfterAll
    static void stop() {
        up.close();
    }

    @Test
    void modules_folders_arguments_and_environment_arrive_as_they_were_sent() throws Exception {
        String jobId = jobs.submit(
                """
                {"entrypoint": "app/main.py", "args": ["a b", "it's \\"so\\"", "", "--x=[1,2]", "$HOME;*"],
                 "env": {"GREETING": "hej 'du'", "EMPTY": ""}}
                """,
                files(
                        "app/main.py",
                        """
                        import os, sys
                        from greet.words import WORD
                        print(WORD, open("data/in put.txt").read(), sys.argv[1:])
                        print([os.environ["GREETING"], os.environ["EMPTY"]], os.getcwd())
                        """,
                        "app/greet/__init__.py",
                        "",
                        "app/greet/words.py",
                        "WORD = 'hello'\n",
                        "data/in put.txt",
                        "línea"));
        assertThat(jobs.completed(jobId).output()).isEqualTo("""
                hello línea ['a b', 'it\\'s "so"', '', '--x=[1,2]', '$HOME;*']
                ["hej 'du'", ''] /work
                """);
    }

    @Test
    void what_is_kept_is_what_the_patterns_say() throws Exception {
        assertThat(outputsFor("{\"outputs\": [\"plots/\"]}")).containsExactly("plots/a.png", "plots/deep/b.png");
        assertThat(outputsFor("{\"outputs\": [\"*.png\"]}"))
                .containsExactly("plots/a.png", "plots/deep/b.png", "top.png");
        assertThat(outputsFor("{\"outputs\": [\"report.txt\", \"logs/*.log\"]}"))
                .containsExactly("logs/run.log", "report.txt");
        assertThat(outputsFor("{\"outputs\": [\"nothing/\"]}")).isEmpty();
        assertThat(outputsFor("{}"))
                .containsExactly(
                        "input.csv",
                        "logs/run.log",
                        "logs/run.txt",
                        "plots/a.png",
                        "plots/deep/b.png",
                        "report.txt",
                        "top.png");
    }

    private static List<String> outputsFor(String manifest) throws IOException {
        String jobId = jobs.submit(manifest, files("main.py", WRITE_SOME, "input.csv", "1\n2\n"));
        jobs.completed(jobId);
        List<String> paths = jobs.outputs(jobId);
        for (String path : paths) {
            assertThat(jobs.text(jobId, path)).isEqualTo(path.equals("input.csv") ? "1\n2\n3\n" : path);
        }
        return paths;
    }

    @Test
    void what_is_no_plain_file_of_a_plain_name_is_left_out_and_told() throws Exception {
        Map<String, byte[]> project = new LinkedHashMap<>();
        project.put("main.py", resource("unkeepable.py"));
        String jobId = jobs.submit("{\"outputs\": [\"out/\"]}", project);
        jobs.completed(jobId);
        Map<String, String> leftOut = jobs.leftOut(jobId);
        assertThat(leftOut)
                .containsEntry("out/passwd", "is a symbolic link")
                .containsEntry("out/up", "is a symbolic link")
                .containsEntry("out/alias", "is a symbolic link")
                .containsEntry("out/pipe", "is a fifo")
                .containsEntry("out/socket", "is a socket");
        assertThat(leftOut.values().stream().filter(why -> why.startsWith("has a name")))
                .hasSizeBetween(4, 5);
        assertThat(leftOut.keySet()).allSatisfy(name -> assertThat(name).matches("[ -~]+"));
        assertThat(jobs.client().outputs(jobId).path("left_out_count").asInt()).isEqualTo(leftOut.size());
        assertThat(jobs.outputs(jobId))
                .contains("out/plain.txt", "out/deep/a b?c#d.txt", "out/%2e%2e", "out/...", "out/-rf")
                .hasSize(17 - leftOut.size());
        for (String path : jobs.outputs(jobId)) {
            assertThat(jobs.text(jobId, path)).isIn(path.substring("out/".length()), "hidden");
        }
    }

    @Test
    void no_path_leads_to_anything_but_outputs() throws Exception {
        String jobId = jobs.submit("{}", files("main.py", "open('page.html', 'w').write('<script>1</script>')"));
        jobs.completed(jobId);
        for (String path : List.of(
                "../../../etc/passwd",
                "..%2f..%2fetc%2fpasswd",
                "%2e%2e/%2e%2e/etc/passwd",
                "/etc/passwd",
                "main.py",
                "page.html%00",
                "page.html%0d%0aX-Own:%201")) {
            HttpResponse<String> answer = get("/outputs/" + jobId + "/" + path);
            assertThat(answer.statusCode()).as(path).isBetween(400, 404);
            assertThat(Json.MAPPER.readTree(answer.body()).path("error").asText())
                    .as(path)
                    .isNotEmpty();
        }
        HttpResponse<String> page = get("/outputs/" + jobId + "/page.html");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .startsWith("sandbox");
    }

    private static HttpResponse<String> get(String path) throws Exception {
        URI url = URI.create(jobs.client().url() + path);
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
    }

    @Test
    void a_program_that_fails_keeps_what_it_made() throws Exception {
        String program = "open('partial.txt', 'w').write('half')\nraise SystemExit(3)";
        String jobId = jobs.submit("{\"outputs\": [\"partial.txt\"]}", files("main.py", program));
        JobResult result = jobs.result(jobId);
        assertThat(result.code()).isEqualTo(Outcome.EXIT_NONZERO);
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(jobs.text(jobId, "partial.txt")).isEqualTo("half");
        String late = jobs.submit(
                "{\"timeout\": 2, \"outputs\": [\"partial.txt\"]}",
                files("main.py", "import time\nopen('partial.txt', 'w').write('late')\ntime.sleep(600)"));
        assertThat(jobs.result(late).code()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(jobs.text(late, "partial.txt")).isEqualTo("late");
    }

    @Test
    void a_snippet_has_the_outputs_that_it_asks_for_and_no_others() throws Exception {
        String code = "for name in 'ab': open(name + '.txt', 'w').write('%s of ' + name)";
        String first = jobs.submitSnippet(code.formatted("first"), "*.txt");
        String second = jobs.submitSnippet(code.formatted("second"), "b.txt");
        String third = jobs.submitSnippet(code.formatted("third"));
        jobs.completed(first);
        jobs.completed(second);
        jobs.completed(third);
        assertThat(jobs.outputs(first)).containsExactly("a.txt", "b.txt");
        assertThat(jobs.text(first, "a.txt")).isEqualTo("first of a");
        assertThat(jobs.outputs(second)).containsExactly("b.txt");
        assertThat(jobs.text(second, "b.txt")).isEqualTo("second of b");
        assertThat(jobs.outputs(third)).isEmpty();
    }

    @Test
    void a_worker_reads_the_database_that_came_with_it_and_leaves_its_statistics() throws Exception {
        JsonNode expected = Json.MAPPER.readTree("""
                [{"id": 1, "name": "Åsa", "score": 4.25, "note": null},
                 {"id": 2, "name": "Bo \\"B\\" Berg", "score": -1.0, "note": "two\\nlines"},
                 {"id": 3, "name": "", "score": 1e-05, "note": "<b>"}]
                """);
        String direct = jobs.submit("""
                {"entrypoint": "worker.py", "outputs": ["output/stats.json"],
                 "env": {"DEV_MODE": "1", "INPUT_PATH": "./input", "OUTPUT_PATH": "./output"}}
                """, worker());
        assertThat(jobs.completed(direct).output()).isEqualTo("3 rows\n");
        assertThat(Json.MAPPER.readTree(jobs.text(direct, "output/stats.json"))).isEqualTo(expected);
        Map<String, byte[]> wrapped = worker();
        wrapped.put("run.sh", resource("query-job/run.sh"));
        String byScript = jobs.submit("{\"entrypoint\": \"run.sh\", \"outputs\": [\"output/stats.json\"]}", wrapped);
        assertThat(jobs.completed(byScript).output()).isEqualTo("3 rows\n");
        assertThat(Json.MAPPER.readTree(jobs.text(byScript, "output/stats.json")))
                .isEqualTo(expected);
    }

    /** Its database is made by a job, too. */
    private static Map<String, byte[]> worker() throws IOException {
        Map<String, byte[]> maker = new LinkedHashMap<>();
        maker.put("main.py", resource("query-job/make_results.py"));
        String making = jobs.submit("{\"outputs\": [\"query_results.db\"]}", maker);
        jobs.completed(making);
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String module : List.of("worker.py", "rows.py", "stats.py")) {
            files.put(module, resource("query-job/" + module));
        }
        files.put("input/query_results.db", jobs.download(making, "query_results.db"));
        return files;
    }
}
