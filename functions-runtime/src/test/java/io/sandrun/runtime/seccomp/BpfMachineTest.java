package io.sandrun.runtime.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class BpfMachineTest {
    @Test
    void it_compares_without_sign_and_skips_as_many_as_told() {
        BpfMachine machine = machineFor(
                Instruction.load(0),
                Instruction.ifAtLeast(0x80000000, 1, 0),
                Instruction.answer(Verdict.ALLOW),
                Instruction.answer(Verdict.EPERM));

        assertThat(machine.run(0, 7)).isEqualTo(Verdict.ALLOW.returnValue());
        assertThat(machine.run(0, -1)).isEqualTo(Verdict.EPERM.returnValue());
    }

    @Test
    void it_masks_the_low_half_of_an_argument() {
        BpfMachine machine = machineFor(
                Instruction.load(24),
                Instruction.and(0xF0),
                Instruction.ifEqual(0x20, 0, 1),
                Instruction.answer(Verdict.ALLOW),
                Instruction.answer(Verdict.EPERM));

        assertThat(machine.run(0, 0, 0, 0xFFFF_0000_0000_002FL)).isEqualTo(Verdict.ALLOW.returnValue());
        assertThat(machine.run(0, 0, 0, 0x30)).isEqualTo(Verdict.EPERM.returnValue());
    }

    @Test
    void it_refuses_to_run_off_the_end() {
        assertThatThrownBy(() -> machineFor(Instruction.skip(5)).run(0, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static BpfMachine machineFor(Instruction... program) {
        return new BpfMachine(Instruction.toBytes(List.of(program)));
    }
}
