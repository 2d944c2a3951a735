package io.sandrun.broker.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.broker.mcp.Workbench.ProjectFile;
import io.sandrun.protocol.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The tools that run something. Each job is a project, so that what it leaves behind is kept. Thread-safe. */
final class RunTools {
    /** What passes from a call into the manifest as it is; the broker checks it. */
    private static final List<String> PASSED = List.of(
            "args",
            "stdin",
            "env",
            "environment",
            "outputs",
            "timeout",
            "memory_mb",
            "disk_mb",
            "entrypoint",
            "interpreter",
            "requirements");

    private static final String REQUIREMENTS = "requirements.txt";
    private static final String PACKAGE_JSON = "package.json";

    private RunTools() {}

    static CompletableFuture<ToolAnswer> python(ToolCall call) {
        return program(call, "main.py", "python3");
    }

    static CompletableFuture<ToolAnswer> javascript(ToolCall call) {
        return program(call, "main.js", "node");
    }

    static CompletableFuture<ToolAnswer> bash(ToolCall call) {
        return program(call, "main.sh", "bash");
    }

    static CompletableFuture<ToolAnswer> project(ToolCall call) {
        return run(call, manifest(call), files(call));
    }

    private static CompletableFuture<ToolAnswer> program(ToolCall call, String name, String interpreter) {
        ObjectNode manifest = manifest(call).put("entrypoint", name).put("interpreter", interpreter);
        List<ProjectFile> files = files(call);
        files.add(file(name, call.text("code", "")));
        if (call.list("packages").iterator().hasNext()) {
            ProjectFile list = interpreter.equals("node") ? packageJson(call) : requirements(call);
            files.add(list);
            manifest.put("requirements", list.path());
        }
        return run(call, manifest, files);
    }

    private static ObjectNode manifest(ToolCall call) {
        ObjectNode manifest = Json.MAPPER.createObjectNode();
        for (String field : PASSED) {
            JsonNode given = call.given(field);
            if (given != null) {
                manifest.set(field, given);
            }
        }
        return manifest;
    }

    private static List<ProjectFile> files(ToolCall call) {
        List<ProjectFile> files = new ArrayList<>();
        for (JsonNode file : call.list("files")) {
            String path = file.path("path").asText();
            if (file.has("content") == file.has("content_base64")) {
                throw ToolFailure.argument("The file " + path + " takes either content or content_base64.");
            }
            files.add(file.has("content") ? file(path, file.path("content").asText()) : binary(path, file));
        }
        return files;
    }

    private static ProjectFile file(String path, String text) {
        return new ProjectFile(path, text.getBytes(StandardCharsets.UTF_8));
    }

    private static ProjectFile binary(String path, JsonNode file) {
        try {
            return new ProjectFile(
                    path, Base64.getDecoder().decode(file.path("content_base64").asText()));
        } catch (IllegalArgumentException wrong) {
            throw ToolFailure.argument("content_base64 of the file " + path + " is not base64.");
        }
    }

    private static ProjectFile requirements(ToolCall call) {
        StringBuilder lines = new StringBuilder();
        for (JsonNode wanted : call.list("packages")) {
            if (wanted.asText().indexOf('\n') >= 0) {
                throw ToolFailure.argument("A package is one line, such as requests==2.32.");
            }
            lines.append(wanted.asText()).append('\n');
        }
        return file(REQUIREMENTS, lines.toString());
    }

    /** {@code name}, {@code name@range}, or either in a scope, whose own @ comes first. */
    private static ProjectFile packageJson(ToolCall call) {
        ObjectNode root = Json.MAPPER.createObjectNode().put("private", true);
        ObjectNode dependencies = root.putObject("dependencies");
        for (JsonNode wanted : call.list("packages")) {
            String text = wanted.asText();
            int at = text.indexOf('@', 1);
            dependencies.put(at < 0 ? text : text.substring(0, at), at < 0 ? "*" : text.substring(at + 1));
        }
        return file(PACKAGE_JSON, root.toString());
    }

    private static CompletableFuture<ToolAnswer> run(ToolCall call, ObjectNode manifest, List<ProjectFile> files) {
        Workbench workbench = call.workbench();
        SessionQuota quota = call.open().quota();
        return quota.takePlace(workbench)
                .thenCompose(taken -> submitted(call, manifest, files))
                .thenCompose(ticket -> {
                    String jobId = ticket.path("job_id").asText();
                    // Whoever calls off what waits for the job does not want the job either.
                    call.open().whenCancelled(() -> {
                        var unused = workbench.cancel(jobId);
                    });
                    call.progress().at(0, call.waitSeconds(), "submitted as job " + jobId);
                    return JobTools.look(call, jobId);
                });
    }

    private static CompletableFuture<JsonNode> submitted(ToolCall call, ObjectNode manifest, List<ProjectFile> files) {
        SessionQuota quota = call.open().quota();
        return call.workbench().submit(manifest, files).whenComplete((ticket, failure) -> {
            if (failure == null) {
                quota.started(ticket.path("job_id").asText());
            } else {
                quota.notStarted();
            }
        });
    }
}
