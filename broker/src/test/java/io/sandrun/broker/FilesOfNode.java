package io.sandrun.broker;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The files that a scripted node leaves of one attempt. */
final class FilesOfNode {
    private final ScriptedNode node;
    private final Job job;
    private final Map<String, byte[]> files = new TreeMap<>();
    private final List<Map<String, ?>> leftOut = new ArrayList<>();

    FilesOfNode(ScriptedNode node, Job job) {
        this.node = node;
        this.job = job;
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static Reply put(ScriptedNode node, String sha256, String leaseId, byte[] bytes) {
        return node.send(artifact(sha256, leaseId), request -> request.PUT(BodyPublishers.ofByteArray(bytes)));
    }

    static String artifact(String sha256, String leaseId) {
        return "/artifacts/" + sha256 + "?lease=" + leaseId;
    }

    /** Brings the bytes and will report them under this path. */
    FilesOfNode with(String path, byte[] bytes) {
        Reply reply = put(node, sha256(bytes), job.leaseId(), bytes);
        if (reply.status() != 200) {
            throw new AssertionError("put was answered " + reply);
        }
        return claiming(path, bytes);
    }

    /** Will report bytes that it does not bring. */
    FilesOfNode claiming(String path, byte[] bytes) {
        files.put(path, bytes);
        return this;
    }

    FilesOfNode leavingOut(String name, String reason) {
        leftOut.add(Map.of("name", name, "reason", reason));
        return this;
    }

    Reply report() {
        List<Map<String, ?>> listed = new ArrayList<>();
        files.forEach((path, bytes) -> listed.add(Map.of(
                "path",
                path,
                "size_bytes",
                bytes.length,
                "sha256",
                sha256(bytes),
                "executable",
                path.endsWith(".sh"))));
        return reportListed(listed);
    }

    /** Reports whatever list of files it is given. */
    Reply reportListed(List<? extends Map<String, ?>> listed) {
        Map<String, Object> attempt = Map.of(
                "code",
                "ok",
                "usage",
                Map.of("cpu_seconds", 0.02, "memory_peak_bytes", 1048576, "wall_time_ms", 30),
                "environment",
                "ml-basic@abc",
                "outputs",
                Map.of("files", listed, "left_out", leftOut, "left_out_count", leftOut.size()));
        return node.completeWith(job, "done", "", attempt);
    }
}
