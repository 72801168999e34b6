package jltrace.sys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorTest {

    /** The loader lists the levels that it supports when it is asked for help. */
    @Test
    void theLevelsOfThisMachineAreThoseThatItsLoaderSees() throws Exception {
        List<String> supported = new ArrayList<>();
        Process loader = new ProcessBuilder("/lib64/ld-linux-x86-64.so.2", "--help").start();
        try (BufferedReader reader = loader.inputReader()) {
            reader.lines()
                    .filter(line -> line.startsWith("  x86-64-v") && line.contains("supported"))
                    .forEach(line -> supported.add(line.substring(2, line.indexOf(' ', 2))));
        }

        assertThat(Processor.capabilities().levels()).isEqualTo(supported);
    }
}
