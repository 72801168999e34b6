package jltrace.sys;

/** A {@code struct rlimit}: what a process may have now, and what it may raise that to. */
public record ResourceLimit(long soft, long hard) {}
