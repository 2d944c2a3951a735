package io.sandrun.runtime.linux;

/** Who this process is on the host. */
public record Ids(int uid, int gid) {
    public static Ids own() {
        return new Ids(LibC.getuid(), LibC.getgid());
    }

    public boolean isRoot() {
        return uid == 0;
    }
}
