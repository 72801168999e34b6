package jltrace.sys;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** The libraries that this process has mapped, the C library among them, as the dynamic loader searches them for a symbol. */
final class GlobalScope {
    private static final String SEARCH_PATH = "jna.platform.library.path";

    private GlobalScope() {}

    /**
     * Binds the native methods of a class to the C functions of the same names.
     *
     * @throws UnsatisfiedLinkError if there is no function of one's name
     */
    static void bind(Class<?> declaring) {
        // Nothing is searched for in folders, and to learn which there are JNA would run ldconfig.
        if (System.getProperty(SEARCH_PATH) == null) {
            System.setProperty(SEARCH_PATH, "");
        }
        Native.register(declaring, NativeLibrary.getProcess());
    }
}
