package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.access.OpenCalls;
import io.sandrun.broker.claim.Membership;
import io.sandrun.broker.http.flow.ReadBody;
import io.sandrun.broker.log.Frames;
import io.sandrun.broker.log.LogDesk;
import io.sandrun.broker.log.LogReader;
import io.sandrun.broker.log.LogText;
import io.sandrun.broker.log.LogWish;
import io.sandrun.broker.store.StoreUnavailableException;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.log.LogAnswers;
import io.sandrun.protocol.log.LogBatch;
import io.sandrun.protocol.log.LogPage;
import io.sandrun.protocol.log.LogStream;
import jakarta.servlet.ServletOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What nodes call to send logs, and clients to read them. */
final class LogEndpoints {
    private static final String NEXT_OFFSET = "Next-Offset";

    /** How long the log is by now, however much of it is asked for. */
    private static final String LENGTH = "Log-Bytes";

    /** Of one step of reading. */
    private static final int STEP_BYTES = 64 * 1024;

    private final NodeCallers callers;
    private final LogDesk desk;
    private final Membership membership;
    private final AccessCheck access;

    LogEndpoints(NodeCallers callers, LogDesk desk, Membership membership, AccessCheck access) {
        this.access = access;
        this.callers = callers;
        this.desk = desk;
        this.membership = membership;
    }

    /** Each log is answered for itself. */
    CompletableFuture<Answer> append(Context request) {
        String nodeId = request.queryParam("node_id");
        if (nodeId == null) {
            throw Refusal.missingField("node_id", "the id of the node, as a parameter");
        }
        byte[] body = ReadBody.of(request, Limits.LOG_BODY_BYTES);
        callers.admit(request, nodeId, body);
        membership.seen(nodeId);
        LogBatch batch;
        try {
            batch = LogBatch.read(body);
        } catch (IOException broken) {
            throw Refusal.invalidField("body", "a batch of logs: " + broken.getMessage());
        }
        return CompletableFuture.completedFuture(Answer.ok(new LogAnswers(
                batch.parts().stream().map(part -> append(nodeId, part)).toList())));
    }

    private LogAnswers.OfLog append(String nodeId, LogBatch.Part part) {
        try {
            return LogAnswers.OfLog.taken(part.leaseId(), desk.append(nodeId, part));
        } catch (RuntimeException refused) {
            return LogAnswers.OfLog.refused(part.leaseId(), Errors.body(refused));
        }
    }

    /** As text or as JSON. */
    Handler read(Responder responder) {
        Handler page = responder.served(this::page);
        return request -> {
            request.header("Vary", "Accept, User-Agent, Origin");
            if (LogParameters.wantsText(request)) {
                text(request);
            } else {
                page.handle(request);
            }
        };
    }

    private LogDesk.Look look(LogWish wish) {
        return desk.look(wish.jobId()).orElseThrow(() -> Refusal.unknownJob(wish.jobId()));
    }

    private CompletableFuture<Answer> page(Context request) {
        LogWish wish = LogParameters.wish(request);
        LogDesk.Look look = look(wish);
        LogPage page;
        try (Frames log = look.log()) {
            page = log == null
                    ? page(wish, 0, Map.of(), wish.offset(), look.job().state().isFinal())
                    : page(wish, look, log);
        } catch (IOException refused) {
            throw new StoreUnavailableException("A log cannot be read: " + refused.getMessage(), refused);
        }
        request.header(NEXT_OFFSET, Long.toString(page.nextOffset()));
        return CompletableFuture.completedFuture(Answer.ok(page));
    }

    private static LogPage page(LogWish wish, LogDesk.Look look, Frames log) throws IOException {
        boolean isWhole = log.isWhole();
        LogReader reader = new LogReader(log, wish.stream(), wish.offset());
        LogText text = new LogText();
        Map<LogStream, StringBuilder> streams = new EnumMap<>(LogStream.class);
        long next = wish.offset();
        boolean isAtEnd = false;
        while (!isAtEnd && next - wish.offset() < Limits.LOG_PAGE_BYTES) {
            List<LogReader.Piece> pieces = reader.next(STEP_BYTES);
            isAtEnd = pieces.isEmpty();
            for (LogText.Part part : isAtEnd && isWhole ? text.end() : text.of(pieces)) {
                streams.computeIfAbsent(part.stream(), stream -> new StringBuilder())
                        .append(part.text());
                next = part.offset() + part.length();
            }
        }
        boolean isFinished = isAtEnd && isWhole && look.job().state().isFinal();
        return page(wish, log.attempt(), streams, next, isFinished);
    }

    private static LogPage page(
            LogWish wish, int attempt, Map<LogStream, StringBuilder> streams, long next, boolean isFinished) {
        return new LogPage(
                wish.jobId(),
                attempt,
                text(streams, LogStream.STDOUT),
                text(streams, LogStream.STDERR),
                text(streams, LogStream.INSTALL),
                wish.offset(),
                next,
                isFinished);
    }

    private static String text(Map<LogStream, StringBuilder> streams, LogStream stream) {
        StringBuilder text = streams.get(stream);
        return text == null ? "" : text.toString();
    }

    /** The first bytes of what is wanted, as they are. */
    byte[] bytes(LogWish wish, int limit) {
        try (Frames log = look(wish).log()) {
            if (log == null) {
                return new byte[0];
            }
            LogReader reader = new LogReader(log, wish.stream(), wish.offset());
            long end = Math.min(LogReader.length(log, wish.stream()), wish.offset() + limit);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (byte[] piece = bytes(reader, end); piece != null; piece = bytes(reader, end)) {
                all.writeBytes(piece);
            }
            return all.toByteArray();
        } catch (IOException refused) {
            throw new StoreUnavailableException("A log cannot be read: " + refused.getMessage(), refused);
        }
    }

    /** The bytes as they are, to the end that the log has now, or as many as are wanted. */
    private void text(Context request) throws IOException {
        LogWish wish = LogParameters.wish(request);
        Frames log = look(wish).log();
        request.contentType("text/plain; charset=utf-8");
        if (log == null) {
            request.header(NEXT_OFFSET, Long.toString(wish.offset()));
            request.header(LENGTH, "0");
            request.result(new byte[0]);
            return;
        }
        long end;
        try {
            long length = LogReader.length(log, wish.stream());
            request.header(LENGTH, Long.toString(length));
            long wanted = Math.min(length - wish.offset(), LogParameters.limit(request));
            end = wish.offset() + Math.max(0, wanted);
        } catch (IOException | RuntimeException failed) {
            log.close();
            throw failed;
        }
        request.header(NEXT_OFFSET, Long.toString(end));
        request.res().setContentLengthLong(end - wish.offset());
        LogReader reader = new LogReader(log, wish.stream(), wish.offset());
        ServletOutputStream out = request.res().getOutputStream();
        request.future(() -> {
            OpenCalls.Call call = access.openAnswer(request);
            return AsyncBody.write(request, out, () -> bytes(reader, end)).whenComplete((written, failure) -> {
                call.close();
                log.close();
            });
        });
    }

    private static byte @Nullable [] bytes(LogReader reader, long end) throws IOException {
        long left = end - reader.offset();
        if (left <= 0) {
            return null;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (LogReader.Piece piece : reader.next((int) Math.min(STEP_BYTES, left))) {
            bytes.write(piece.bytes(), 0, (int) Math.min(piece.bytes().length, end - piece.offset()));
        }
        return bytes.toByteArray();
    }
}
