package jltrace.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/**
 * Signals that ask jltrace to end, handed to a consumer instead. The JDK's only interface to signals is {@code sun.misc.Signal}
 * of its module jdk.unsupported; the compiler warns of every mention of it, so it is reached by name.
 */
final class TerminationSignals {
    static final int SIGINT = 2;

    private static final String[] NAMES = {"INT", "TERM", "HUP"};

    private TerminationSignals() {}

    /** From now on tells the consumer the number of each such signal, on a thread of its own. */
    static void handle(IntConsumer consumer) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler called = (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                    consumer.accept((int) signal.getMethod("getNumber").invoke(arguments[0]));
                }
                return null;
            };
            Object consuming = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, called);
            for (String name : NAMES) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), consuming);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM has no " + e.getMessage(), e);
        }
    }
}
