package io.sandrun.broker.job;

import io.sandrun.broker.node.Node;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.Tables;

/**
 * What a node can be handed in one transaction: the classes whose needs it meets, as far as there is room for them in
 * the memory that its owner lets jobs have together. For the writer's thread.
 */
final class Servable {
    private final RequirementClasses classes;
    private final Node node;
    private final long mostMb;
    private long leftMb;
    private String classIds;

    Servable(RequirementClasses classes, Tables tables, Node node) {
        this.classes = classes;
        this.node = node;
        Long owners = node.capabilities().ownerTerms().memoryMb();
        this.mostMb = owners == null ? Long.MAX_VALUE : owners;
        this.leftMb = classes.leftMb(tables, node);
        this.classIds = classes.servableBy(node, leftMb);
    }

    /** As a JSON list of numbers. */
    String classIds() {
        return classIds;
    }

    /** Whether there is less than there may be, when what it has now has ended. */
    boolean isShort() {
        return leftMb < mostMb;
    }

    /** It was handed a job of this class. */
    void handed(long classId) {
        if (mostMb != Long.MAX_VALUE) {
            leftMb -= classes.heldMb(classId);
            classIds = classes.servableBy(node, leftMb);
        }
    }
}
