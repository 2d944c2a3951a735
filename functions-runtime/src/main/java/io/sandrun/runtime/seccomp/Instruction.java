package io.sandrun.runtime.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * One {@code struct sock_filter} of classic BPF ({@code linux/filter.h}). Jump distances count the instructions to
 * skip.
 *
 * @param jumpTrue 0 to 255
 * @param jumpFalse 0 to 255
 */
record Instruction(int code, int jumpTrue, int jumpFalse, int operand) {
    static final int LOAD = 0x20;
    static final int AND = 0x54;
    static final int JUMP = 0x05;
    static final int JUMP_EQUAL = 0x15;
    static final int JUMP_AT_LEAST = 0x35;
    static final int RETURN = 0x06;

    static final int BYTES = 8;
    private static final int FARTHEST_CONDITIONAL_JUMP = 255;

    Instruction {
        if (jumpTrue < 0
                || jumpTrue > FARTHEST_CONDITIONAL_JUMP
                || jumpFalse < 0
                || jumpFalse > FARTHEST_CONDITIONAL_JUMP) {
            throw new IllegalArgumentException("a conditional jump has 8 bits: " + jumpTrue + ", " + jumpFalse);
        }
    }

    /** Loads the 32-bit word at an offset of {@code struct seccomp_data}. */
    static Instruction load(int offset) {
        return new Instruction(LOAD, 0, 0, offset);
    }

    static Instruction and(int mask) {
        return new Instruction(AND, 0, 0, mask);
    }

    static Instruction skip(int distance) {
        return new Instruction(JUMP, 0, 0, distance);
    }

    static Instruction ifEqual(int value, int jumpTrue, int jumpFalse) {
        return new Instruction(JUMP_EQUAL, jumpTrue, jumpFalse, value);
    }

    /** The comparison is unsigned. */
    static Instruction ifAtLeast(int value, int jumpTrue, int jumpFalse) {
        return new Instruction(JUMP_AT_LEAST, jumpTrue, jumpFalse, value);
    }

    static Instruction answer(Verdict verdict) {
        return new Instruction(RETURN, 0, 0, verdict.returnValue());
    }

    /** Both architectures are little-endian. */
    static byte[] toBytes(List<Instruction> program) {
        ByteBuffer buffer = ByteBuffer.allocate(program.size() * BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Instruction instruction : program) {
            buffer.putShort((short) instruction.code)
                    .put((byte) instruction.jumpTrue)
                    .put((byte) instruction.jumpFalse)
                    .putInt(instruction.operand);
        }
        return buffer.array();
    }
}
