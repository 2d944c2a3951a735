package io.sandrun.runtime.install;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequirementsTextTest {
    private static RequirementsText parse(String text) throws RequirementsException {
        return RequirementsText.parse("deps/main.txt", Packages.bytes(text));
    }

    @Test
    void local_files_and_other_lists_are_found() throws Exception {
        RequirementsText text = parse("""
                numpy>=1.2  # a comment
                -r more.txt
                -cbounds.txt
                --requirement=../top.txt
                ./wheels/a-1-py3-none-any.whl
                wheels/b.tar.gz ; python_version > "3"
                c @ file:///work/c
                d[extra] @ file:d.zip
                e @ https://example.org/e.whl
                https://example.org/f.whl
                --find-links ./links
                -e .
                ../outside.whl
                /etc/passwd
                """);
        assertThat(text.lists()).containsExactly("deps/more.txt", "deps/bounds.txt", "top.txt");
        assertThat(text.local())
                .containsExactly("wheels/a-1-py3-none-any.whl", "wheels/b.tar.gz", "c", "d.zip", "links", "");
    }

    @Test
    void what_cannot_matter_is_taken_away_and_what_might_is_not() throws Exception {
        assertThat(parse("# c\r\n\r\n  one  # why\r\ntwo#not\n").text()).isEqualTo("one\ntwo#not\n");
        String continued = "one \\\n# two\n  ==1\n";
        assertThat(parse(continued).text()).isEqualTo(continued);
    }
}
