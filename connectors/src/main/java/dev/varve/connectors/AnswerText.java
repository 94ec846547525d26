package dev.varve.connectors;

import dev.varve.connectors.mapping.PersonalData;
import dev.varve.connectors.mapping.Text;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes a platform's words fit to be kept and shown: no addresses, tokens, hashes or personal data.
public final class AnswerText {
    private static final int MAX_LENGTH = 300;
    private static final int MAX_READ = 2000;
    private static final int MAX_TRACE_ID = 128;
    private static final int MAX_EXCERPT = 4096;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\s]+");
    private static final Pattern NOT_STORABLE = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");
    private static final Pattern ADDRESS = Pattern.compile("(?i)\\b[a-z][a-z0-9+.-]{1,9}://\\S+");
    /// A named secret: after a sign of assignment always, else only what has a digit, so that "access token missing"
    /// stays readable.
    private static final Pattern SECRET = Pattern.compile("(?i)\\b(access[-_ ]?token|appsecret_proof|secret|bearer)\\b"
            + "(?:[\"'\\s]{0,3}[=:][\"'\\s]{0,3}|[\"'\\s]{1,4}(?=[A-Z._|-]{0,200}\\d))[A-Z0-9._|-]{4,}");
    private static final Pattern TOKEN_LIKE = Pattern.compile("\\bEAA\\w{3,}|\\bsbx_\\w+|[A-Za-z0-9_|-]{24,}");
    /// A trace id looks like a token and is none.
    private static final Pattern TRACE_ID_OR_TOKEN =
            Pattern.compile("\"(?:request_id|fbtrace_id|log_id)\"\\s*:\\s*\"[^\"]{0,128}\"|" + TOKEN_LIKE.pattern());
    /// An address with a query; JSON may write a slash as `\/`.
    private static final Pattern QUERY =
            Pattern.compile("(?i)\\b([a-z][a-z0-9+.-]{1,9}:\\\\?/\\\\?/[^\\s\"'<>?]*)\\?[^\\s\"'<>]*");
    private static final Pattern HAS_DIGIT = Pattern.compile("\\d");
    private static final Pattern IP = Pattern.compile("\\b\\d{1,3}(\\.\\d{1,3}){3}\\b");

    private AnswerText() {}

    /// One line of at most 300 characters.
    public static String clean(String text) {
        String words = text.length() > MAX_READ ? text.substring(0, MAX_READ) : text;
        words = CONTROL.matcher(words).replaceAll(" ").strip();
        words = ADDRESS.matcher(words).replaceAll("[address]");
        words = withoutSecrets(words, TOKEN_LIKE);
        words = IP.matcher(PersonalData.masked(words)).replaceAll("[redacted]");
        return shortened(Text.wellFormed(words));
    }

    /// The first 4 KiB of a body. Line breaks stay, addresses lose their queries only. Twice as much is read, so that
    /// what is cut in the middle was recognised before.
    static String excerpt(byte[] body) {
        String text = new String(body, 0, Math.min(body.length, 2 * MAX_EXCERPT), StandardCharsets.UTF_8);
        text = NOT_STORABLE.matcher(text).replaceAll(" ").replace("\\u0040", "@");
        text = QUERY.matcher(text).replaceAll("$1?***");
        text = withoutSecrets(text, TRACE_ID_OR_TOKEN);
        text = IP.matcher(PersonalData.masked(text)).replaceAll("[redacted]");
        return text.substring(0, end(text, MAX_EXCERPT));
    }

    private static String withoutSecrets(String text, Pattern tokens) {
        String named = SECRET.matcher(text).replaceAll("$1 ***");
        return tokens.matcher(named)
                .replaceAll(match -> isSecretLike(match.group()) ? "***" : Matcher.quoteReplacement(match.group()));
    }

    /// Trace ids are opaque; only their length and characters are checked.
    static String traceId(String id) {
        String printable = id.replaceAll("[^A-Za-z0-9_.:=/+-]", "");
        return printable.length() > MAX_TRACE_ID ? printable.substring(0, MAX_TRACE_ID) : printable;
    }

    private static boolean isSecretLike(String word) {
        return word.startsWith("EAA")
                || word.startsWith("sbx_")
                || word.charAt(0) != '"' && HAS_DIGIT.matcher(word).find();
    }

    private static String shortened(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, end(text, MAX_LENGTH - 1)) + "…";
    }

    /// Never between the halves of a surrogate pair.
    private static int end(String text, int most) {
        if (text.length() <= most) {
            return text.length();
        }
        return Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    }
}
