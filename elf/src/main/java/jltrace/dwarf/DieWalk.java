package jltrace.dwarf;

import jltrace.bytes.Cursor;

/** Goes over entries in the order of the file without making an object of each. Not safe for several threads. */
final class DieWalk {
    private final Unit unit;
    private final Abbreviations abbreviations;
    private final Cursor cursor;
    private final long end;
    private int nextDepth;
    private int depth = -1;
    private long offset;
    private int abbreviation;
    private long attributesOffset;
    private boolean attributesAhead;
    private boolean finished;

    DieWalk(Unit unit, long firstOffset) {
        this.unit = unit;
        this.abbreviations = unit.abbreviations();
        this.cursor = new Cursor(unit.bytes(), firstOffset);
        this.end = unit.header().end();
    }

    /** A walk over what an entry owns, at depth 0 and deeper. */
    static DieWalk below(Die parent) {
        DieWalk walk = new DieWalk(parent.unit(), parent.attributesOffset());
        walk.abbreviations.skip(parent.abbreviation(), walk.cursor);
        walk.finished = !walk.abbreviations.hasChildren(parent.abbreviation());
        return walk;
    }

    /** Moves to the next entry; false if there is none. */
    boolean next() {
        if (attributesAhead) {
            abbreviations.skip(abbreviation, cursor);
            attributesAhead = false;
        }
        while (!finished && cursor.position() < end) {
            offset = cursor.position();
            long code = cursor.uleb128();
            if (code == 0) {
                nextDepth--;
                finished = nextDepth < 0;
                continue;
            }
            abbreviation = abbreviations.index(code);
            if (abbreviation == Abbreviations.NONE) {
                throw DwarfException.badReference(unit.file().name(), "abbreviation", code);
            }
            depth = nextDepth;
            attributesOffset = cursor.position();
            attributesAhead = true;
            if (abbreviations.hasChildren(abbreviation)) {
                nextDepth++;
            } else if (depth == 0 && offset == unit.header().firstEntryOffset()) {
                finished = true;
            }
            return true;
        }
        finished = true;
        return false;
    }

    /** Moves to the next entry at depth 0, over all that the current one owns; false if there is none. */
    boolean nextSibling() {
        if (depth >= 0) {
            skipChildren();
        }
        while (next()) {
            if (depth == 0) {
                return true;
            }
            skipChildren();
        }
        return false;
    }

    /** Moves over what the current entry owns, at once if it tells where its sibling is. */
    void skipChildren() {
        if (!attributesAhead || !abbreviations.hasChildren(abbreviation)) {
            return;
        }
        int sibling = abbreviations.find(abbreviation, Attribute.SIBLING);
        if (sibling != Abbreviations.NONE && abbreviations.form(sibling) == Form.REF4) {
            abbreviations.seek(abbreviation, sibling, cursor);
            long siblingOffset = unit.header().offset() + cursor.u32();
            if (siblingOffset > cursor.position() && siblingOffset < end) {
                cursor.seek(siblingOffset);
                attributesAhead = false;
                nextDepth = depth;
                return;
            }
            cursor.seek(attributesOffset);
        }
        int parentDepth = depth;
        abbreviations.skip(abbreviation, cursor);
        attributesAhead = false;
        skipDownTo(parentDepth);
    }

    private void skipDownTo(int parentDepth) {
        while (nextDepth > parentDepth && cursor.position() < end) {
            long code = cursor.uleb128();
            if (code == 0) {
                nextDepth--;
                continue;
            }
            int skipped = abbreviations.index(code);
            if (skipped == Abbreviations.NONE) {
                throw DwarfException.badReference(unit.file().name(), "abbreviation", code);
            }
            if (abbreviations.hasChildren(skipped)) {
                nextDepth++;
            }
            abbreviations.skip(skipped, cursor);
        }
        depth = parentDepth;
    }

    /** How deep the current entry is below where the walk began. */
    int depth() {
        return depth;
    }

    long offset() {
        return offset;
    }

    int tag() {
        return abbreviations.tag(abbreviation);
    }

    boolean hasChildren() {
        return abbreviations.hasChildren(abbreviation);
    }

    boolean has(int attribute) {
        return abbreviations.find(abbreviation, attribute) != Abbreviations.NONE;
    }

    /** The current entry. */
    Die die() {
        return new Die(unit, offset, abbreviation, attributesOffset);
    }
}
