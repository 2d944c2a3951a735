package io.sandrun.broker;

import io.sandrun.broker.BrokerUnderTest.Reply;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The body of a multipart/form-data request, byte by byte as a client would write it. */
final class UploadForm {
    static final String BOUNDARY = "------------------------d74496d66958873e";

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    /** A part as curl writes it. */
    UploadForm part(String name, @Nullable String fileName, byte[] content) {
        String file = fileName == null ? "" : "; filename=\"" + fileName + "\"";
        return raw("Content-Disposition: form-data; name=\"" + name + "\"" + file + "\r\n", content);
    }

    UploadForm file(String fileName, byte[] content) {
        return part("files", fileName, content);
    }

    UploadForm file(String fileName, String content) {
        return file(fileName, content.getBytes(StandardCharsets.UTF_8));
    }

    UploadForm manifest(String json) {
        return part("manifest", null, json.getBytes(StandardCharsets.UTF_8));
    }

    /** A part with these header lines, each with its end. */
    UploadForm raw(String headers, byte[] content) {
        text("--" + BOUNDARY + "\r\n" + headers + "\r\n");
        body.writeBytes(content);
        return text("\r\n");
    }

    UploadForm text(String anything) {
        body.writeBytes(anything.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** All parts and the end. */
    byte[] bytes() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(body.toByteArray());
        whole.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return whole.toByteArray();
    }

    /** Without the end. */
    byte[] unfinished() {
        return body.toByteArray();
    }

    Reply submit(BrokerUnderTest broker) {
        return send(broker, "/submit", bytes());
    }

    static Reply send(BrokerUnderTest broker, String path, byte[] body) {
        return broker.send(broker.request(path)
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(BodyPublishers.ofByteArray(body)));
    }
}
