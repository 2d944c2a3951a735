package io.sandrun.runtime.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Runs a filter the way the kernel would (the part of classic BPF that seccomp permits), so that filters for any
 * architecture can be tested on any machine. Refuses what the kernel refuses: jumps out of the program, odd loads.
 */
final class BpfMachine {
    private static final int DATA_BYTES = 64;

    private final ByteBuffer program;

    BpfMachine(byte[] filter) {
        program = ByteBuffer.wrap(filter).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The filter's answer to a call; missing arguments are 0. */
    int run(int auditNumber, int number, long... arguments) {
        ByteBuffer data = ByteBuffer.allocate(DATA_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(number).putInt(auditNumber).putLong(0xDEADBEEFL);
        for (long argument : arguments) {
            data.putLong(argument);
        }
        return execute(data);
    }

    private int execute(ByteBuffer data) {
        int accumulator = 0;
        int counter = 0;
        while (true) {
            int at = counter * Instruction.BYTES;
            int code = program.getShort(at);
            int jumpTrue = Byte.toUnsignedInt(program.get(at + 2));
            int jumpFalse = Byte.toUnsignedInt(program.get(at + 3));
            int operand = program.getInt(at + 4);
            counter++;
            switch (code) {
                case Instruction.LOAD -> accumulator = data.getInt(aligned(operand));
                case Instruction.AND -> accumulator &= operand;
                case Instruction.JUMP -> counter += operand;
                case Instruction.JUMP_EQUAL -> counter += accumulator == operand ? jumpTrue : jumpFalse;
                case Instruction.JUMP_AT_LEAST ->
                    counter += Integer.compareUnsigned(accumulator, operand) >= 0 ? jumpTrue : jumpFalse;
                case Instruction.RETURN -> {
                    return operand;
                }
                default -> throw new IllegalStateException("unknown instruction " + code + " at " + (counter - 1));
            }
        }
    }

    private static int aligned(int offset) {
        if (offset % 4 != 0) {
            throw new IllegalStateException("load from offset " + offset);
        }
        return offset;
    }
}
