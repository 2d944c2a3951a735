package io.sandrun.protocol;

/**
 * Every bound of the wire, with its unit and its reason. Broker and nodes hold to the same numbers, so that nothing the
 * broker accepts is refused by a node for its size. At the end, what a node holds to by itself.
 */
public final class Limits {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    /** A snippet; larger programs belong into an archive. */
    public static final int CODE_BYTES = MIB;

    /** Standard input travels inside the JSON and is held in memory by the broker. */
    public static final int STDIN_BYTES = 4 * MIB;

    /** What one stream keeps; a longer one is cut there and marked so. Two of them, escaped, fit into one body. */
    public static final int OUTPUT_KEPT_BYTES = MIB;

    /** What a job may print in all before it is ended: an endless printer reaches it in a second. */
    public static final long OUTPUT_TOTAL_BYTES = 64L * MIB;

    /**
     * The log of one attempt: all that it may print, what it prints between passing that and being ended, and what the
     * installation of its requirements prints. What a node has beyond is dropped.
     */
    public static final long LOG_BYTES = OUTPUT_TOTAL_BYTES + 16L * MIB;

    /** Pieces of a log: with their heads they take a tenth of what its bytes may. */
    public static final int LOG_PIECES = MIB;

    /** What a node sends of its logs in one request: some hundred milliseconds of a slow uplink. */
    public static final int LOG_BATCH_BYTES = 2 * MIB;

    /** Such a request with the names and offsets that it carries beside. */
    public static final int LOG_BODY_BYTES = LOG_BATCH_BYTES + MIB;

    /** Attempts of one such request: more than one machine runs at once and prints. */
    public static final int LOG_BATCH_PARTS = 1024;

    /** Pieces of a log that a report gives the order of; a log of more is sent before. */
    public static final int LOG_ORDER_PIECES = 256;

    /** What one answer in JSON has of a log; there is more at the next offset. */
    public static final int LOG_PAGE_BYTES = 4 * MIB;

    /** Clients that watch logs at once: each holds a connection and, while it is slow, some 100 KiB. */
    public static final int LOG_WATCHERS = 2_000;

    /** Clients that look on at once: each holds a connection and, while it is slow, some 100 KiB. */
    public static final int FEED_ONLOOKERS = 200;

    /** The line and the headers of a request: an output's path with each byte escaped, a key, what browsers add. */
    public static final int REQUEST_HEAD_BYTES = 24 * KIB;

    /** Parameters of an address: no path reads more than a dozen, but labels may be repeated. */
    public static final int QUERY_PARAMETERS = 100;

    /** API keys that a broker remembers, revoked ones too: all are held in memory, some 300 bytes each. */
    public static final int API_KEYS = 10_000;

    /** What the name of an API key may have; for people. */
    public static final int API_KEY_NAME_BYTES = 200;

    /** How long an API key with an end may last, days: ten years. */
    public static final int API_KEY_DAYS = 3_650;

    /** A whole request: code and standard input at their largest with every control character written as an escape. */
    public static final int BODY_BYTES = 32 * MIB;

    /** Of bodies on their way, so many bytes of each are nobody's room: a connection costs as much. */
    public static final int BODY_UNCOUNTED_BYTES = 64 * KIB;

    /**
     * Memory for larger bodies that are on their way, requests and answers each, in all and for one address: eight at
     * their largest. A heap that is smaller than eight times this gives an eighth.
     */
    public static final long BODIES_BYTES = 256L * MIB;

    public static final long BODIES_BYTES_OF_ADDRESS = BODIES_BYTES / 2;

    /** The least pace of any body, either way, bytes per second on average: 128 kbit/s, a tenth of a poor line. */
    public static final long SLOWEST_BYTES_PER_SECOND = 16L * KIB;

    /** When that is looked at first, seconds: a line that is dialled, a disk that wakes. */
    public static final int SLOW_SECONDS = 30;

    /** What is read of a refused body, bytes and seconds, for those who listen only when they have sent all. */
    public static final long LEFTOVER_BYTES = 32L * MIB;

    public static final int LEFTOVER_SECONDS = 3;

    /**
     * How long a connection may be without a whole request, seconds: above the 30 s that it may be silent. Less when
     * three quarters of all places are taken.
     */
    public static final int HEAD_SECONDS = 60;

    public static final int HEAD_SECONDS_PRESSED = 5;

    /**
     * Connections of one address, which bounds all that it can hold: a machine of 64 nodes has about 20 a node. Fewer
     * than {@link #LOG_WATCHERS}, so that nobody has all of those. Users of the broker's own machine share one address.
     */
    public static final int CONNECTIONS_OF_ADDRESS = 1_500;

    /** Uploads, and separately downloads, of clients at one address: others find places, too. */
    public static final int TRANSFERS_OF_ADDRESS = 32;

    /** Descriptors that connections leave to files: of all watchers and transfers. A quarter, where there are few. */
    public static final int DESCRIPTORS_OF_FILES = 4_096;

    /** Arguments and environment together; the sandbox's plan must fit into one socket message. */
    public static final int ARGS_AND_ENV_BYTES = 64 * KIB;

    /** Arguments, and separately variables: bounds the memory of parsing, far above any honest use. */
    public static final int ARGS_OR_ENV_ENTRIES = 1024;

    /** Wall time of a job, seconds: the shortest that can be kept, and the longest that the older documents promise. */
    public static final double TIMEOUT_SECONDS_MIN = 0.1;

    public static final double TIMEOUT_SECONDS_MAX = 3600;

    /** CPU time of a job, seconds: an hour on 64 cores. */
    public static final double CPU_SECONDS_MAX = 64 * TIMEOUT_SECONDS_MAX;

    /** Memory of a job, MiB: below 16 no interpreter starts; above 4096 a node of ordinary size cannot serve two. */
    public static final int MEMORY_MB_MIN = 16;

    public static final int MEMORY_MB_MAX = 4096;
    public static final int MEMORY_MB_DEFAULT = 512;

    /** Processes and threads of a job: node alone starts eleven threads; 512 bounds what a fork bomb costs its node. */
    public static final int PROCESSES_MAX = 512;

    public static final int PROCESSES_DEFAULT = 128;

    /** Disk of a job, MiB. It is memory of the node, so it is bounded like memory. */
    public static final int DISK_MB_MIN = 1;

    public static final int DISK_MB_MAX = 2048;
    public static final int DISK_MB_DEFAULT = 256;

    /** Files and directories of a job; each costs the node about 1 KiB of kernel memory. */
    public static final int DISK_INODES = 16_384;

    /** Output files of a job that are kept: each costs its node one request. */
    public static final int OUTPUT_FILES = 4_096;

    /** Output files, bytes: of one, and of all files of a job. A job's disk has no room for more. */
    public static final long OUTPUT_FILE_BYTES = (long) DISK_MB_MAX * MIB;

    public static final long OUTPUT_FILES_BYTES = (long) DISK_MB_MAX * MIB;

    /** The path of an output file, bytes of UTF-8: with /work/ before it, what Linux can open. */
    public static final int OUTPUT_PATH_BYTES = 4_089;

    /** Directories that the path of an output file goes through. */
    public static final int OUTPUT_DEPTH = 64;

    /** A receipt, bytes: as many output files as there may be, each named twice by the longest path. */
    public static final int RECEIPT_BYTES = 64 * MIB;

    /** Outputs that were wanted and not kept, and are told by name; the rest is counted. */
    public static final int OUTPUTS_LEFT_OUT = 100;

    /** Names that are looked at for outputs: twice what the disk has room for, since a file may have many. */
    public static final int OUTPUT_NAMES = 2 * DISK_INODES;

    /** How long a node looks for outputs and copies them, seconds: a full disk of a job at 20 MiB/s. */
    public static final int OUTPUT_SECONDS = 120;

    /** Uploads, and separately downloads of nodes, that the broker serves at once: each has a thread. */
    public static final int TRANSFERS = 64;

    /** Downloads of clients at once: beside those of nodes, whose jobs do not wait for somebody's slow line. */
    public static final int DOWNLOADS = 48;

    /** Open files of one process: the usual soft limit of Linux. */
    public static final int OPEN_FILES = 1024;

    /** A pattern of output files: a path and some stars. */
    public static final int OUTPUT_PATTERN_BYTES = 1024;

    /** A path below a job's folder: with /work/ before it and a NUL behind it, it makes Linux's PATH_MAX. */
    public static final int PATH_BYTES = 4089;

    /** A project's upload: as much as the largest disk of a job holds, and what is wrapped around it. */
    public static final long UPLOAD_BYTES = (long) DISK_MB_MAX * MIB + BODY_BYTES;

    /** Files of an upload, and the bytes of their names: a job's specification lists them. An archive counts as one. */
    public static final int UPLOAD_FILES = 1_000;

    public static final int UPLOAD_PATHS_BYTES = 256 * KIB;

    /** The headers of one part of an upload: a path with each byte escaped. */
    public static final int PART_HEADER_BYTES = 16 * KIB;

    /** Uploads of projects at once: fewer than {@link #TRANSFERS}, so that nodes can bring what jobs made. */
    public static final int UPLOADS = 48;

    /** A project's manifest, which is held in memory: as large as a snippet. */
    public static final int MANIFEST_BYTES = CODE_BYTES;

    /** Cores and GPUs that a job may ask for: more than any machine we know of has. */
    public static final int CORES_MAX = 1024;

    public static final int GPUS_MAX = 64;

    /** Labels of a node or a job, and the length of a label's key or value in characters. */
    public static final int LABELS = 32;

    public static final int LABEL_CHARACTERS = 128;

    /** The name of an environment; it is also the name of a file. */
    public static final int ENVIRONMENT_NAME_CHARACTERS = 64;

    /** Environments of a node, and packages that each of them tells: a page for a person to choose from. */
    public static final int ENVIRONMENTS = 64;

    public static final int ENVIRONMENT_PACKAGES = 256;

    /** Memory of one GPU that a job may ask for, MiB: a terabyte. */
    public static final long VRAM_MB_MAX = MIB;

    /** Layers of isolation that a job may insist on: more than there are. */
    public static final int ISOLATION_LAYERS = 32;

    /**
     * A version range or a condition on labels, in bytes, and its parts: each part costs every claim a comparison for
     * each class of jobs.
     */
    public static final int EXPRESSION_CHARACTERS = 2048;

    public static final int EXPRESSION_CLAUSES = 32;
    public static final int EXPRESSION_LIST_VALUES = 64;

    /**
     * Distinct needs of the jobs that are remembered. A claim looks for the next job of each that its node can serve,
     * so this bounds what a claim costs.
     */
    public static final int REQUIREMENT_CLASSES = 4_096;

    /** Place of a job before others: room for a few classes of users on either side of the ordinary one. */
    public static final int PRIORITY_MIN = -100;

    public static final int PRIORITY_MAX = 100;

    /** Further attempts that a submitter may ask for: a program that fails eleven times fails always. */
    public static final int RETRIES_MAX = 10;

    /**
     * Copies of a verified job that are to answer: three find the one that lies; with fifteen, seven may. A quorum of
     * one is what a job without verification has.
     */
    public static final int VERIFY_REPLICAS_MAX = 15;

    public static final int VERIFY_REPLICAS_DEFAULT = 3;
    public static final int VERIFY_QUORUM_MIN = 2;

    /** The first wait before such an attempt, seconds; it doubles each time. */
    public static final double RETRY_BACKOFF_SECONDS_MAX = 3600;

    /** How far ahead a job may be submitted, days: a calendar's work, not a queue's, is beyond. */
    public static final int NOT_BEFORE_DAYS_MAX = 30;

    /** Characters of an Idempotency-Key: room for several UUIDs. */
    public static final int IDEMPOTENCY_KEY_CHARACTERS = 255;

    /** Jobs of one page of a list: some tens of KiB. */
    public static final int LIST_JOBS_MAX = 200;

    public static final int LIST_JOBS_DEFAULT = 50;

    /** How long a client may wait in one request, seconds: below the idle timeout of common proxies' long setting. */
    public static final double WAIT_SECONDS_MAX = 300;

    /** Requests that wait for a job or for news at once: each costs a few KiB of memory and a connection. */
    public static final int WAITERS = 10_000;

    /** How long a claim is parked, seconds: below the usual 60 s idle timeout of NAT and proxies. */
    public static final double CLAIM_WAIT_SECONDS_MAX = 50;

    /** Jobs handed out by one claim. */
    public static final int CLAIM_SLOTS_MAX = 256;

    /** Leases that one node can hold: several claims' worth. */
    public static final int NODE_LEASES_MAX = 4 * CLAIM_SLOTS_MAX;

    /** Workers on the list of a trusted pool: as many as the nodes that a broker remembers. */
    public static final int POOL_WORKERS = 100_000;

    /** Jobs of one batch: one transaction, some tens of milliseconds of the writer's time. */
    public static final int BATCH_JOBS = 1_000;

    /** Reports of one batch: as many as one claim can have handed out. */
    public static final int BATCH_REPORTS = CLAIM_SLOTS_MAX;

    /** API keys that a node's owner may name as the only ones: its claims look for jobs of each. */
    public static final int OWNER_KEYS = 16;

    /** Memory of a machine, MiB: 64 TiB, more than any has. */
    public static final long MACHINE_MEMORY_MB_MAX = 64L * 1024 * 1024;

    /** The end of the year 9999, seconds since 1970: what comes after cannot be written down. */
    public static final double TIME_SECONDS_MAX = 253_402_300_799.0;

    /** Why a node takes no work, in its own words, bytes: a sentence. */
    public static final int CLOSED_REASON_BYTES = 256;

    /** Characters of a node's capabilities as JSON: bounds what one registration can store. */
    public static final int CAPABILITIES_CHARACTERS = 64 * KIB;

    /** How long a transfer of an artifact may stand still, seconds: a disk that is flushed, a link that changes. */
    public static final int TRANSFER_IDLE_SECONDS = 60;

    /** What all transfers of one attempt may take in one direction, seconds: a job's disk over 10 Mbit/s. */
    public static final int TRANSFER_SECONDS_MAX = 1800;

    /** Outputs that wait on a node for a broker that is away: its disk is worth more than running a job once. */
    public static final long OUTPUTS_WAITING_BYTES = 8L * KIB * MIB;

    /** One installation of what a job requires, seconds: a large wheel over a poor line; what an owner may allow. */
    public static final int INSTALL_SECONDS_DEFAULT = 600;

    public static final int INSTALL_SECONDS_MAX = 3600;

    /** CPUs of it: what it builds is built while a job waits. */
    public static final int INSTALL_CORES = 2;

    /** Memory of it, MiB: pip needs some 300 for a large wheel. What it downloads and builds lies in memory beside. */
    public static final int INSTALL_MEMORY_MB_DEFAULT = 1024;

    public static final int INSTALL_DISK_MB_DEFAULT = 2048;

    /** What it may fetch, bytes: its disk filled twice. */
    public static final long INSTALL_NETWORK_BYTES = 4L * KIB * MIB;

    /** All installations of a node together have so much of its memory, 1 / n; the rest is for what runs. */
    public static final int INSTALL_MEMORY_PART = 2;

    /** How long an installation waits for others to end, seconds: two of the longest. */
    public static final int INSTALL_WAIT_SECONDS = 2 * INSTALL_SECONDS_MAX;

    /** Installed packages that a node keeps, MiB: some ten environments of data science. */
    public static final int PACKAGES_MB_DEFAULT = 10 * KIB;

    /** After which they are installed anew, days: a requirement without a version is looked at once a month. */
    public static final int PACKAGES_DAYS_DEFAULT = 30;

    public static final int PACKAGES_DAYS_MAX = 3_650;

    /** What they leave of a node's disk, bytes: outputs, logs and reports live there as well. */
    public static final long PACKAGES_LEFT_BYTES = KIB * MIB;

    private Limits() {}
}
