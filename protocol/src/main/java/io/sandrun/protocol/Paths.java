package io.sandrun.protocol;

/** The paths of the broker. Verbs and handlers stand in the broker's {@code Routes}. */
public final class Paths {
    public static final String ROOT = "/";
    public static final String DASHBOARD = "/dashboard";
    public static final String HEALTH = "/health";
    public static final String READY = "/ready";
    public static final String METRICS = "/metrics";
    public static final String OPENAPI = "/openapi.json";
    public static final String SUBMIT = "/submit";
    public static final String SUBMIT_BATCH = "/submit/batch";
    public static final String RUN = "/run";
    public static final String STATUS = "/status";
    public static final String RESULTS = "/results";
    public static final String RECEIPTS = "/receipts";
    public static final String OUTPUTS = "/outputs";
    public static final String DOWNLOAD = "/download";
    public static final String ENVIRONMENTS = "/environments";
    public static final String CANCEL = "/cancel";
    public static final String JOBS = "/jobs";
    public static final String RERUN = "/rerun";
    public static final String STATS = "/stats";
    public static final String EVENTS = "/events";
    public static final String KEYS = "/keys";
    public static final String QUOTA = "/quota";
    public static final String NODES = "/nodes";
    public static final String POOL = "/pool";
    public static final String PRESENCE = "/presence";
    public static final String DRAIN = "/drain";
    public static final String UNDRAIN = "/undrain";
    public static final String FORGIVE = "/forgive";
    public static final String MCP = "/mcp";
    public static final String REGISTER = "/register";
    public static final String SESSION = "/session";
    public static final String HEARTBEAT = "/heartbeat";
    public static final String CLAIM = "/claim";
    public static final String COMPLETE = "/complete";
    public static final String COMPLETE_BATCH = "/complete/batch";
    public static final String LOGS = "/logs";
    public static final String STREAM = "/stream";
    public static final String WS = "/ws";
    public static final String ARTIFACTS = "/artifacts";
    public static final String RELEASE = "/release";

    private Paths() {}
}
