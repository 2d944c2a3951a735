package io.sandrun.broker.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.mcp.AgentMessage.MalformedException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AgentSessionsTest {
    private final AtomicLong now = new AtomicLong();
    private final AgentServer server = new AgentServer("1");
    private final AgentSessions sessions = new AgentSessions(now::get);

    private AgentSession opened() throws MalformedException {
        return server.open(server.read("""
                        {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "2025-06-18",
                         "capabilities": {}, "clientInfo": {"name": "a test", "version": "1"}}}""")).session();
    }

    @Test
    void a_session_is_its_owners_alone() throws Exception {
        AgentSession session = opened();
        assertThat(sessions.add(session, "anna")).isTrue();
        assertThat(sessions.find(session.id(), "anna")).contains(session);
        assertThat(sessions.find(session.id(), "ben")).isEmpty();
        assertThat(sessions.end(session.id(), "ben")).isFalse();
        assertThat(sessions.end(session.id(), "anna")).isTrue();
        assertThat(sessions.find(session.id(), "anna")).isEmpty();
    }

    @Test
    void one_that_nobody_uses_goes() throws Exception {
        AgentSession unused = opened();
        AgentSession used = opened();
        sessions.add(unused, "anna");
        sessions.add(used, "anna");
        now.addAndGet(TimeUnit.SECONDS.toNanos(ToolLimits.SESSION_IDLE_SECONDS));
        assertThat(sessions.find(used.id(), "anna")).isPresent();
        now.addAndGet(TimeUnit.SECONDS.toNanos(1));
        sessions.add(opened(), "ben");
        assertThat(sessions.find(unused.id(), "anna")).isEmpty();
        assertThat(sessions.find(used.id(), "anna")).isPresent();
    }

    @Test
    void who_opens_too_many_loses_the_one_that_was_longest_unused() throws Exception {
        AgentSession first = opened();
        AgentSession second = opened();
        sessions.add(first, "anna");
        now.incrementAndGet();
        sessions.add(second, "anna");
        now.incrementAndGet();
        sessions.find(first.id(), "anna");
        for (int more = 2; more < ToolLimits.SESSIONS_OF_CALLER + 1; more++) {
            sessions.add(opened(), "anna");
        }
        assertThat(sessions.find(second.id(), "anna")).isEmpty();
        assertThat(sessions.find(first.id(), "anna")).isPresent();
    }

    @Test
    void of_all_together_there_are_so_many_and_no_more() throws Exception {
        for (int caller = 0; caller < ToolLimits.SESSIONS; caller++) {
            assertThat(sessions.add(opened(), "caller " + caller)).isTrue();
        }
        assertThat(sessions.add(opened(), "one more")).isFalse();
    }
}
