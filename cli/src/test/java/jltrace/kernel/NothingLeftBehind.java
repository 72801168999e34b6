package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips tests where there is no tracefs, but not in continuous integration (CI=true); after each test, checks that none of the
 * jltrace processes that it started has left a probe.
 */
final class NothingLeftBehind implements ExecutionCondition, AfterEachCallback, AfterAllCallback {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        boolean there;
        try {
            there = Tracefs.isThere();
        } catch (IOException e) {
            there = false;
        }
        if (there) {
            return ConditionEvaluationResult.enabled("tracefs is there");
        }
        if ("true".equals(System.getenv("CI"))) {
            throw new IllegalStateException("there is no tracefs here, and CI=true says that these tests must run");
        }
        return ConditionEvaluationResult.disabled("this kernel has no tracefs: nothing can be traced");
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        check();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        check();
    }

    private static void check() throws IOException {
        List<String> left = new ArrayList<>();
        for (long pid : Jltrace.startedPids()) {
            left.addAll(Tracefs.probesOf(pid));
        }
        assertThat(left).as("probes that were left behind").isEmpty();
    }
}
