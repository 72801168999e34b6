package jltrace.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jltrace.type.ArgumentLocation;
import jltrace.type.ArrayType;
import jltrace.type.CType;
import jltrace.type.CallingConvention;
import jltrace.type.FormatType;
import jltrace.type.FunctionSignature;
import jltrace.type.HiddenType;
import jltrace.type.Parameter;
import jltrace.type.PointerType;
import jltrace.type.Presence;
import jltrace.type.ResultLocation;
import jltrace.type.StringType;
import org.jspecify.annotations.Nullable;

/**
 * What is captured of a function's arguments and result: in which register or stack slot each is, and where in a record is what it
 * points to.
 */
public final class ArgumentPlan {
    private static final int REGISTERS = 6;

    private static final int WORD = 8;

    private final FunctionSignature signature;
    private final List<ArgumentLocation> locations;
    private final ResultLocation resultLocation;
    private final List<CType> types = new ArrayList<>();
    private final CType resultType;
    private final Pointee[] pointees;
    private final Pointee[] variablePointees = new Pointee[REGISTERS + CaptureShape.STACK_SLOTS];
    private final Pointee resultPointee;
    private final CaptureShape shape;
    private final CaptureShape exitShape;
    private final CaptureShape returnShape;
    private final List<MemoryPlan.Unit> units;
    private final List<MemoryPlan.Unit> resultUnits;
    private final int variableFirstSlot;

    /** Plans the capture for a signature. */
    public ArgumentPlan(FunctionSignature signature, CaptureLimits limits) {
        this.signature = signature;
        this.locations = CallingConvention.arguments(signature);
        this.resultLocation = CallingConvention.result(signature.result());
        this.variableFirstSlot = nextSlot();
        MemoryPlan memory = new MemoryPlan(limits, limits.mostUnits());
        boolean variable = signature.variadic() && variableText() != null;
        boolean onStack = variable;
        List<MemoryPlan.@Nullable Target> targets = new ArrayList<>();
        for (int i = 0; i < locations.size(); i++) {
            onStack |= locations.get(i) instanceof ArgumentLocation.StackSlots;
            Parameter parameter = signature.parameters().get(i);
            boolean followed = !parameter.out() && !(parameter.type() instanceof HiddenType);
            types.add(asPassed(parameter.type()));
            targets.add(followed ? memory.follow(types.get(i), place(locations.get(i))) : null);
        }
        List<MemoryPlan.Target> variables = new ArrayList<>();
        CType text = variableText();
        for (int slot = variableFirstSlot; variable && text != null && slot < variablePointees.length; slot++) {
            // Which of the variable arguments are strings only the format tells, so all of them are followed.
            String pointer = pointerIn(slot);
            variables.add(memory.follow(text, offset -> pointer));
        }
        memory.plan();
        this.pointees = new Pointee[targets.size()];
        for (int i = 0; i < pointees.length; i++) {
            MemoryPlan.Target target = targets.get(i);
            pointees[i] = target == null ? Pointee.NONE : target.pointee();
        }
        Arrays.fill(variablePointees, Pointee.NONE);
        for (int i = 0; i < variables.size(); i++) {
            variablePointees[variableFirstSlot + i] = variables.get(i).pointee();
        }
        this.units = memory.units();
        this.shape = CaptureShape.atInstruction(units.size(), onStack, limits);
        MemoryPlan resultMemory = new MemoryPlan(limits, CaptureShape.mostUnitsAtEnd(limits));
        this.resultType = resultLocation instanceof ResultLocation.InMemory
                ? new PointerType(signature.result())
                : asPassed(signature.result());
        MemoryPlan.Target result = resultMemory.follow(resultType, this::resultPlace);
        resultMemory.plan();
        this.resultPointee = result.pointee();
        this.resultUnits = resultMemory.units();
        this.exitShape = CaptureShape.atInstruction(resultUnits.size(), false, limits);
        this.returnShape = CaptureShape.atReturn(resultUnits.size(), limits);
    }

    /** The type that variable arguments are followed as; null if nothing is known of them. */
    private @Nullable CType variableText() {
        for (Parameter parameter : signature.parameters()) {
            if (parameter.type() instanceof FormatType) {
                return StringType.C_STRING;
            }
            if (parameter.presence() instanceof Presence.UntilNull) {
                return parameter.type();
            }
        }
        return null;
    }

    /** The type of what is passed for a type: C passes the address of an array, and of a string's characters. */
    private static CType asPassed(CType type) {
        if (type instanceof StringType text && text.inPlace()) {
            return new StringType(text.characterWidth(), text.length(), false);
        }
        return type instanceof ArrayType ? new PointerType(type) : type;
    }

    private static MemoryPlan.PointerPlace place(ArgumentLocation location) {
        return offset -> {
            if (location instanceof ArgumentLocation.IntegerRegister register) {
                return offset == 0 ? pointerIn(register.index()) : null;
            }
            if (location instanceof ArgumentLocation.Split split) {
                return offset % WORD == 0
                                && split.eightbytes().get(offset / WORD)
                                        instanceof ArgumentLocation.IntegerRegister register
                        ? pointerIn(register.index())
                        : null;
            }
            if (location instanceof ArgumentLocation.StackSlots stack) {
                long slot = stack.slot() + offset / WORD;
                return offset % WORD == 0 && slot < CaptureShape.STACK_SLOTS
                        ? pointerIn((int) (REGISTERS + slot))
                        : null;
            }
            return null;
        };
    }

    private @Nullable String resultPlace(int offset) {
        if (resultLocation instanceof ResultLocation.InMemory) {
            return offset == 0 ? "%ax" : null;
        }
        if (!(resultLocation instanceof ResultLocation.InRegisters registers) || offset % WORD != 0) {
            return null;
        }
        return switch (registers.eightbytes().get(offset / WORD)) {
            case RAX -> "%ax";
            case RDX -> "%dx";
            case XMM0, XMM1 -> null;
        };
    }

    /** The slot of the first variable argument: 0 to 5 registers, from 6 on the stack. */
    private int nextSlot() {
        int next = resultLocation instanceof ResultLocation.InMemory ? 1 : 0;
        for (ArgumentLocation location : locations) {
            next = Math.max(next, slotAfter(location));
        }
        return next;
    }

    private static int slotAfter(ArgumentLocation location) {
        if (location instanceof ArgumentLocation.IntegerRegister register) {
            return register.index() + 1;
        }
        if (location instanceof ArgumentLocation.StackSlots stack) {
            return (int) Math.min(Integer.MAX_VALUE, REGISTERS + stack.slot() + stack.slots());
        }
        int next = 0;
        if (location instanceof ArgumentLocation.Split split) {
            for (ArgumentLocation eightbyte : split.eightbytes()) {
                next = Math.max(next, slotAfter(eightbyte));
            }
        }
        return next;
    }

    /** What the kernel reads an argument from: a register, or memory at the stack pointer. */
    private static String pointerIn(int slot) {
        return slot < REGISTERS ? CaptureShape.ARGUMENT_REGISTERS[slot] : "+" + 8 * (slot - REGISTERS + 1) + "(%sp)";
    }

    public FunctionSignature signature() {
        return signature;
    }

    /** Where a parameter's value is. */
    public ArgumentLocation location(int parameter) {
        return locations.get(parameter);
    }

    /** The type of what is passed: of an array, a pointer to it. */
    public CType type(int parameter) {
        return types.get(parameter);
    }

    /** The type of what is given back: of a structure that is returned in memory, or an array, a pointer to it. */
    public CType resultType() {
        return resultType;
    }

    /** Where the result is. */
    public ResultLocation resultLocation() {
        return resultLocation;
    }

    /** Where what a parameter points to is captured. */
    public Pointee pointee(int parameter) {
        return pointees[parameter];
    }

    /** Where what the result points to is captured, at the end. */
    public Pointee resultPointee() {
        return resultPointee;
    }

    /** The slot of the first variable argument: 0 to 5 registers, from 6 on the stack. */
    public int variableFirstSlot() {
        return variableFirstSlot;
    }

    /** Where what a variable argument points to is captured, if it is a string. */
    public Pointee variablePointee(int slot) {
        return slot < variablePointees.length ? variablePointees[slot] : Pointee.NONE;
    }

    /** What is captured at entry. */
    public CaptureShape shape() {
        return shape;
    }

    /** What is captured at a return instruction. */
    public CaptureShape exitShape() {
        return exitShape;
    }

    /** What is captured behind the return. */
    public CaptureShape returnShape() {
        return returnShape;
    }

    /** What is captured at the entry, in the kernel's words. */
    public String capturedAtEntry() {
        return shape.entry(units);
    }

    /** What is captured at a return instruction, in the kernel's words. */
    public String capturedAtExit() {
        return exitShape.exit(resultUnits);
    }

    /** What is captured behind the return, in the kernel's words. */
    public String capturedAtReturn() {
        return returnShape.returned(resultUnits);
    }
}
