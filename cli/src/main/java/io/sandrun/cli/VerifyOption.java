package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import java.util.Map;
import java.util.Stack;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --verify}, {@code --verify=5} and {@code --verify=5/3}: what comes behind a blank is the program. */
final class VerifyOption implements ITypeConverter<JsonNode>, IParameterPreprocessor {
    private static final String USUAL = "usual";
    private static final Pattern WISH = Pattern.compile("(\\d{1,3})(?:/(\\d{1,3}))?");

    @Override
    @SuppressWarnings("JdkObsolete") // picocli's own choice
    public boolean preprocess(Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
        if (!"=".equals(info.get("separator"))) {
            args.push(USUAL);
        }
        return false;
    }

    @Override
    public JsonNode convert(String value) {
        if (value.equals(USUAL)) {
            return Json.MAPPER.getNodeFactory().booleanNode(true);
        }
        Matcher wish = WISH.matcher(value);
        if (!wish.matches()) {
            throw new TypeConversionException(
                    "expected REPLICAS or REPLICAS/QUORUM, such as 3/2, but was '%s'".formatted(value));
        }
        var verify = Json.MAPPER.createObjectNode().put("replicas", Integer.parseInt(wish.group(1)));
        return wish.group(2) == null ? verify : verify.put("quorum", Integer.parseInt(wish.group(2)));
    }
}
