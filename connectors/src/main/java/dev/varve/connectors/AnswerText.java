package dev.varve.connectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.connectors.mapping.PersonalData;
import dev.varve.connectors.mapping.Text;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes a platform's words fit to be kept and shown: no addresses, tokens, hashes or personal data, at most 300
/// characters.
public final class AnswerText {
    private static final int MAX_LENGTH = 300;
    private static final int MAX_READ = 2000;
    private static final int MAX_TRACE_ID = 128;
    private static final int MAX_EXCERPT = 4096;
    /// Looked at beyond the end, so that a token is never cut in two and then no longer recognised.
    private static final int EXCERPT_MARGIN = 512;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\s]+");
    private static final Pattern ADDRESS = Pattern.compile("(?i)\\b[a-z][a-z0-9+.-]{1,9}://\\S+");
    private static final Pattern QUOTED_ADDRESS = Pattern.compile("(?i)\\b[a-z][a-z0-9+.-]{1,9}://[^\\s\"<>]+");
    private static final Pattern SECRET =
            Pattern.compile("(?i)\\b(access[-_ ]?token|bearer|appsecret_proof)\\b[=:\"'\\s]{0,4}[A-Za-z0-9._|-]{4,}");
    private static final Pattern TOKEN_LIKE = Pattern.compile("\\bEAA\\w{3,}|\\bsbx_\\w+|[A-Za-z0-9_|-]{24,}");
    private static final Pattern HAS_DIGIT = Pattern.compile("\\d");
    private static final Pattern IP = Pattern.compile("\\b\\d{1,3}(\\.\\d{1,3}){3}\\b");

    private AnswerText() {}

    public static String clean(String text) {
        String words = text.length() > MAX_READ ? text.substring(0, MAX_READ) : text;
        words = ADDRESS.matcher(withoutControls(words)).replaceAll("[address]");
        return shortened(withoutSecrets(words), MAX_LENGTH);
    }

    /// The beginning of a refusal's body, at most 4 KiB. Links to further pages are left out whole: they carry tokens.
    public static String excerpt(byte[] body) {
        int length = Math.min(body.length, 16 * MAX_EXCERPT);
        String words = AnswerBody.object(body)
                .map(AnswerText::withoutPaging)
                .orElseGet(() -> new String(body, 0, length, StandardCharsets.UTF_8));
        int looked = Math.min(words.length(), MAX_EXCERPT + EXCERPT_MARGIN);
        words = withoutControls(words.substring(0, looked)).replace("\\/", "/");
        return shortened(withoutSecrets(QUOTED_ADDRESS.matcher(words).replaceAll("[address]")), MAX_EXCERPT);
    }

    private static String withoutPaging(JsonNode body) {
        ObjectNode shown = (ObjectNode) body;
        shown.remove("paging");
        return shown.toString();
    }

    private static String withoutControls(String words) {
        return CONTROL.matcher(words).replaceAll(" ").strip();
    }

    private static String withoutSecrets(String text) {
        String words = SECRET.matcher(text).replaceAll("$1 ***");
        words = TOKEN_LIKE
                .matcher(words)
                .replaceAll(match -> isSecretLike(match.group()) ? "***" : Matcher.quoteReplacement(match.group()));
        words = IP.matcher(PersonalData.masked(words)).replaceAll("[redacted]");
        return Text.wellFormed(words);
    }

    /// Trace ids are opaque; only their length and characters are checked.
    static String traceId(String id) {
        String printable = id.replaceAll("[^A-Za-z0-9_.:=/+-]", "");
        return printable.length() > MAX_TRACE_ID ? printable.substring(0, MAX_TRACE_ID) : printable;
    }

    private static boolean isSecretLike(String word) {
        return word.startsWith("EAA")
                || word.startsWith("sbx_")
                || HAS_DIGIT.matcher(word).find();
    }

    private static String shortened(String text, int maxLength) {
        if (text.length() <= maxLength) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(maxLength - 2)) ? maxLength - 2 : maxLength - 1;
        return text.substring(0, end) + "…";
    }
}
