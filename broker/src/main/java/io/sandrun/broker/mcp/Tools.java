package io.sandrun.broker.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator.ValidationResponse;
import io.modelcontextprotocol.json.schema.jackson2.DefaultJsonSchemaValidator;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.sandrun.protocol.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Every tool with what it does: the arguments are checked, what goes wrong is answered, and what is off is dropped. */
final class Tools {
    private static final Map<String, Function<ToolCall, CompletableFuture<ToolAnswer>>> TOOLS = Map.of(
            "execute_python", RunTools::python,
            "execute_javascript", RunTools::javascript,
            "execute_bash", RunTools::bash,
            "run_project", RunTools::project,
            "check_job_status", JobTools::status,
            "get_job_logs", JobTools::logs,
            "list_outputs", OutputTools::list,
            "read_output", OutputTools::read,
            "list_environments", JobTools::environments,
            "cancel_job", JobTools::cancel);

    private final JsonSchemaValidator schemas = new DefaultJsonSchemaValidator();

    List<AsyncToolSpecification> all() {
        return ToolCatalog.read().stream().map(this::specification).toList();
    }

    private AsyncToolSpecification specification(Tool tool) {
        var work = Objects.requireNonNull(TOOLS.get(tool.name()), tool.name());
        return new AsyncToolSpecification(tool, (exchange, request) -> {
            OpenCall open = Objects.requireNonNull(
                    (OpenCall) exchange.transportContext().get(OpenCall.KEY));
            CompletableFuture<ToolAnswer> answer = answer(tool, work, open, exchange, request);
            // Nobody waits for the answer of a call that was called off, and none may be sent.
            return Mono.create(sink -> {
                var unused = answer.whenComplete(
                        (given, failure) -> sink.success(failure == null ? given.result() : refused(failure)));
                open.whenEnded(sink::success);
            });
        });
    }

    private CompletableFuture<ToolAnswer> answer(
            Tool tool,
            Function<ToolCall, CompletableFuture<ToolAnswer>> work,
            OpenCall open,
            McpAsyncServerExchange exchange,
            CallToolRequest request) {
        try {
            open.quota().enter();
        } catch (ToolFailure full) {
            return CompletableFuture.failedFuture(full);
        }
        CompletableFuture<ToolAnswer> answer;
        try {
            Map<String, Object> arguments = request.arguments() == null ? Map.of() : request.arguments();
            check(tool, arguments);
            JsonNode tree = Json.MAPPER.valueToTree(arguments);
            answer = work.apply(new ToolCall(open, tree, progress(exchange, request.progressToken())));
        } catch (RuntimeException failure) {
            answer = CompletableFuture.failedFuture(failure);
        }
        return answer.whenComplete((given, failure) -> open.quota().leave());
    }

    private void check(Tool tool, Map<String, Object> arguments) {
        ValidationResponse found = schemas.validate(tool.inputSchema(), arguments);
        if (!found.valid()) {
            throw ToolFailure.argument(
                    "The arguments of %s do not fit: %s".formatted(tool.name(), found.errorMessage()));
        }
    }

    private static CallToolResult refused(Throwable failure) {
        return ToolAnswer.refused(ToolFailure.of(failure)).result();
    }

    /** Told to those only who asked for it. */
    private static ToolCall.Progress progress(McpAsyncServerExchange exchange, @Nullable Object token) {
        if (token == null) {
            return (seconds, ofSeconds, message) -> {};
        }
        return (seconds, ofSeconds, message) -> {
            var unused = exchange.progressNotification(ProgressNotification.builder(token, seconds)
                            .total(ofSeconds)
                            .message(message)
                            .build())
                    .subscribe(nothing -> {}, unheard -> {});
        };
    }
}
