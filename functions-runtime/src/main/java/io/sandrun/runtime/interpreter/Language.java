package io.sandrun.runtime.interpreter;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is known about each interpreter.
 *
 * @param program the name on the PATH, and the name that jobs use
 * @param sourceFileName how its source file is called
 * @param flags come before the source file
 * @param settings its own environment variables
 * @param question arguments that make it print what {@link Answer} reads
 */
record Language(
        String program,
        String sourceFileName,
        List<String> flags,
        Map<String, String> settings,
        List<String> question) {

    private static final Language PYTHON = new Language(
            "python3",
            "main.py",
            List.of(),
            // Bytecode would only fill the job's disk; what was printed before a timeout must not sit in a buffer.
            Map.of("PYTHONDONTWRITEBYTECODE", "1", "PYTHONUNBUFFERED", "1"),
            List.of("-I", "-c", """
                    import encodings, os, sys
                    print('executable=' + sys.executable)
                    print('version=' + '.'.join(map(str, sys.version_info[:3])))
                    print('prefix=' + sys.prefix)
                    print('prefix=' + sys.base_prefix)
                    print('needs=' + os.__file__)
                    print('needs=' + encodings.__file__)
                    """));

    private static final Language NODE = plain("node", "main.js", "-e", """
            console.log('executable=' + process.execPath);
            console.log('version=' + process.versions.node);
            """);

    private static final Language BASH = plain(
            "bash", "main.sh", "-c", "printf 'executable=%s\\nversion=%s\\n' \"$BASH\" \"${BASH_VERSION%%[!0-9.]*}\"");

    /** The language has no way to ask for its version. */
    private static final Language SH = plain("sh", "main.sh", "-c", "printf 'version=0\\n'");

    private static final Language RUBY = plain("ruby", "main.rb", "-rrbconfig", "-e", """
            puts "executable=#{RbConfig.ruby}"
            puts "version=#{RUBY_VERSION}"
            puts "prefix=#{RbConfig::CONFIG['prefix']}"
            puts "needs=#{RbConfig::CONFIG['rubylibdir']}"
            """);

    private static final Language PERL = plain("perl", "main.pl", "-MConfig", "-e", """
            print "executable=$^X\\n";
            printf "version=%vd\\n", $^V;
            print "prefix=$Config{installprefix}\\n";
            print "needs=$INC{'Config.pm'}\\n";
            """);

    private static final Language R = plain("Rscript", "main.R", "--vanilla", "-e", """
            cat(paste0("executable=", file.path(R.home("bin"), "Rscript"), "\\n"))
            cat(paste0("version=", R.version$major, ".", R.version$minor, "\\n"))
            cat(paste0("prefix=", R.home(), "\\n", "home=", R.home(), "\\n"))
            """);

    /** Answers in its own words, which {@link Answer} understands too. */
    private static final Language JAVA = new Language(
            "java",
            "Main.java",
            // A job has few cores and little memory; the monitoring file in /tmp is nobody's to read.
            List.of("-XX:+UseSerialGC", "-XX:-UsePerfData"),
            Map.of(),
            List.of("-XshowSettings:properties", "-version"));

    /** In the order in which a node shows them. */
    static final List<Language> ALL = List.of(PYTHON, NODE, BASH, SH, RUBY, PERL, R, JAVA);

    private static Language plain(String program, String sourceFileName, String... question) {
        return new Language(program, sourceFileName, List.of(), Map.of(), List.of(question));
    }

    Interpreter interpreter(String version, Path executable, List<Path> readOnlyPaths) {
        return new Interpreter(program, version, executable, readOnlyPaths, sourceFileName, flags, settings);
    }
}
