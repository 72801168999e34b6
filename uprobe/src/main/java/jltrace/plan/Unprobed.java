package jltrace.plan;

import jltrace.target.ObjectFile;

/**
 * A function that was asked for and can't be probed.
 *
 * @param reason why, for the user
 */
public record Unprobed(ObjectFile object, String name, String reason) {}
