package farmstack.lab;

import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;

/** The filter `pattern_capture`: a token for each group that a pattern captures. */
final class PatternCaptureFactory extends AbstractTokenFilterFactory {
    private final Pattern[] patterns;
    private final boolean preserveOriginal;

    PatternCaptureFactory(String name, Settings settings) {
        super(name, settings);
        patterns = settings.getAsList("patterns").stream().map(Pattern::compile).toArray(Pattern[]::new);
        preserveOriginal = settings.getAsBoolean("preserve_original", true);
    }

    @Override
    public TokenStream create(TokenStream stream) {
        return new PatternCaptureGroupTokenFilter(stream, preserveOriginal, patterns);
    }
}
