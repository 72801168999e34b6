package jltrace.cli.output;

/** Colours for a terminal, or none. */
public enum Colors {
    NONE("", "", "", ""),
    ANSI("\033[1m", "\033[32m", "\033[33m", "\033[0m");

    private final String name;
    private final String string;
    private final String event;
    private final String end;

    Colors(String name, String string, String event, String end) {
        this.name = name;
        this.string = string;
        this.event = event;
        this.end = end;
    }

    void name(TextBuffer out) {
        out.appendControl(name);
    }

    void string(TextBuffer out) {
        out.appendControl(string);
    }

    void event(TextBuffer out) {
        out.appendControl(event);
    }

    void end(TextBuffer out) {
        out.appendControl(end);
    }
}
