package io.sandrun.runtime.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Goes through the records of an extended header, each "LENGTH KEY=VALUE\n", LENGTH counting all of it. One thread. */
final class PaxRecords {
    private static final int LENGTH_DIGITS = 7;

    private final byte[] content;
    private int next;
    private String key = "";
    private byte[] value = new byte[0];

    PaxRecords(byte[] content) {
        this.content = content;
    }

    /** @return false at the end */
    boolean next() throws ArchiveRefusedException {
        if (next == content.length) {
            return false;
        }
        int space = find(' ', next, Math.min(content.length, next + LENGTH_DIGITS + 1));
        long length = number(next, space);
        long end = next + length;
        if (end > content.length || end <= space + 1L || content[(int) end - 1] != '\n') {
            throw malformed();
        }
        int equals = find('=', space + 1, (int) end);
        key = new String(content, space + 1, equals - space - 1, StandardCharsets.UTF_8);
        value = Arrays.copyOfRange(content, equals + 1, (int) end - 1);
        next = (int) end;
        return true;
    }

    String key() {
        return key;
    }

    byte[] value() {
        return value;
    }

    /** The value as a number of bytes. */
    long number() throws ArchiveRefusedException {
        String text = new String(value, StandardCharsets.US_ASCII);
        if (!text.matches("[0-9]{1,18}")) {
            throw malformed();
        }
        return Long.parseLong(text);
    }

    private long number(int from, int to) throws ArchiveRefusedException {
        long number = 0;
        for (int index = from; index < to; index++) {
            if (content[index] < '0' || content[index] > '9') {
                throw malformed();
            }
            number = number * 10 + content[index] - '0';
        }
        return number;
    }

    private int find(char wanted, int from, int to) throws ArchiveRefusedException {
        for (int index = from; index < to; index++) {
            if (content[index] == wanted) {
                return index;
            }
        }
        throw malformed();
    }

    private static ArchiveRefusedException malformed() {
        return Intake.damaged("an extended tar header is malformed");
    }
}
