package io.sandrun.protocol.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Changes a genuine receipt in one place, in every way that comes to mind. */
final class Tampering {
    private final Random random;
    private final RandomReceipts receipts;

    Tampering(Random random, RandomReceipts receipts) {
        this.random = random;
        this.receipts = receipts;
    }

    /** A receipt that is not genuine any more, and the name of what was changed in it. */
    record Changed(ObjectNode receipt, String named) {}

    Changed change(ObjectNode genuine) {
        ObjectNode receipt = genuine.deepCopy();
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> value(receipt);
            case 3 -> removed(receipt);
            case 4 -> added(receipt);
            case 5 -> seal(receipt);
            case 6 -> outputs(receipt);
            default -> signature(receipt);
        };
    }

    private Changed value(ObjectNode receipt) {
        String name = fieldOf(receipt);
        JsonNode before = receipt.path(name);
        if (name.equals(Receipt.OUTPUTS) || (before.isContainerNode() && before.isEmpty())) {
            receipt.put(name, "none");
        } else {
            receipt.set(name, other(before));
        }
        return new Changed(receipt, name);
    }

    private String fieldOf(ObjectNode receipt) {
        List<String> names = new ArrayList<>(Receipt.FIELDS);
        names.removeIf(name -> !receipt.has(name));
        return names.get(random.nextInt(names.size()));
    }

    private JsonNode other(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> TextNode.valueOf(otherText(value.textValue()));
            case NUMBER -> otherNumber(value);
            case BOOLEAN -> BooleanNode.valueOf(!value.booleanValue());
            case OBJECT -> otherMember(value.deepCopy());
            case ARRAY -> otherEntry(value.deepCopy());
            default -> IntNode.valueOf(0);
        };
    }

    private String otherText(String text) {
        if (text.isEmpty() || random.nextInt(4) == 0) {
            return text + "x";
        }
        int place = random.nextInt(text.length());
        char changed = (char) (text.charAt(place) ^ 1 << random.nextInt(7));
        return text.substring(0, place) + changed + text.substring(place + 1);
    }

    private JsonNode otherNumber(JsonNode number) {
        if (number.isIntegralNumber()) {
            // The same number with a fraction is another value, here as in Python.
            return random.nextBoolean()
                    ? DoubleNode.valueOf(number.doubleValue())
                    : LongNode.valueOf(number.longValue() ^ 1L << random.nextInt(63));
        }
        double value = number.doubleValue();
        double other = value == 0 ? -value : Math.nextAfter(value, 0);
        return DoubleNode.valueOf(other);
    }

    private ObjectNode otherMember(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name = names.get(random.nextInt(names.size()));
        if (random.nextInt(5) == 0) {
            object.remove(name);
        } else {
            object.set(name, other(object.path(name)));
        }
        return object;
    }

    private ArrayNode otherEntry(ArrayNode array) {
        int place = random.nextInt(array.size());
        array.set(place, other(array.get(place)));
        return array;
    }

    private Changed removed(ObjectNode receipt) {
        String name = fieldOf(receipt);
        receipt.remove(name);
        return new Changed(receipt, name);
    }

    private Changed added(ObjectNode receipt) {
        String name = "x" + receipts.text();
        receipt.put(name, receipts.number());
        return new Changed(receipt, name);
    }

    private Changed seal(ObjectNode receipt) {
        ObjectNode seal = (ObjectNode) receipt.get(Receipt.SEAL);
        String name = fieldOf(receipt);
        if (random.nextInt(4) == 0) {
            seal.remove(name);
        } else {
            seal.put(name, receipts.digest());
        }
        return new Changed(receipt, Receipt.SEAL + "." + name);
    }

    private Changed outputs(ObjectNode receipt) {
        ArrayNode outputs = (ArrayNode) receipt.get(Receipt.OUTPUTS);
        if (outputs.isEmpty() || random.nextInt(4) == 0) {
            outputs.addObject()
                    .put("path", "zzz")
                    .put("sha256", receipts.digest())
                    .put("size_bytes", 1);
            return new Changed(receipt, Receipt.OUTPUTS + "/zzz");
        }
        if (outputs.size() > 1 && random.nextInt(4) == 0) {
            outputs.add(outputs.remove(0));
            return new Changed(receipt, Receipt.OUTPUTS);
        }
        int place = random.nextInt(outputs.size());
        ObjectNode entry = (ObjectNode) outputs.get(place);
        String path = entry.path("path").textValue();
        switch (random.nextInt(4)) {
            case 0 -> outputs.remove(place);
            case 1 -> entry.put("sha256", receipts.digest());
            case 2 -> entry.put("executable", !entry.path("executable").booleanValue());
            default -> entry.put("path", path + "x");
        }
        return new Changed(receipt, Receipt.OUTPUTS + "/" + path);
    }

    private Changed signature(ObjectNode receipt) {
        switch (random.nextInt(4)) {
            case 0 -> receipt.put(Receipt.SIGNATURE_ALGORITHM, "ed25519");
            case 1 -> receipt.put(Receipt.SIGNATURE_ALGORITHM, 1);
            case 2 -> receipt.remove(Receipt.SIGNATURE);
            default ->
                receipt.put(
                        Receipt.SIGNATURE,
                        otherText(receipt.get(Receipt.SIGNATURE).textValue()));
        }
        boolean isAlgorithm = !SignedResult.ALGORITHM.equals(
                receipt.path(Receipt.SIGNATURE_ALGORITHM).textValue());
        return new Changed(receipt, isAlgorithm ? Receipt.SIGNATURE_ALGORITHM : Receipt.SIGNATURE);
    }
}
