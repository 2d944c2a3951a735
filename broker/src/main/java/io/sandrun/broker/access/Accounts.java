package io.sandrun.broker.access;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The accounts of clients of whom something counts: whoever has jobs or files, or had any within the last hour. An
 * address that comes once is not remembered for ever. Thread-safe.
 */
final class Accounts {
    private final Map<String, Account> byClient = new ConcurrentHashMap<>();

    /**
     * Enters something into a client's account, and opens one for that if there is none. It cannot be forgotten
     * meanwhile. What is thrown goes to the caller, and opens none.
     */
    Account enter(String client, Consumer<Account> entry) {
        return byClient.compute(client, (name, known) -> {
            Account account = known == null ? new Account() : known;
            entry.accept(account);
            return account;
        });
    }

    /** To be looked at only: a blank one where there is none. */
    Account look(String client) {
        return byClient.getOrDefault(client, new Account());
    }

    /** Forgets those that are as good as new ones. */
    void forgetBlank(long nowMs) {
        for (String client : byClient.keySet()) {
            byClient.computeIfPresent(client, (name, account) -> account.isBlank(nowMs) ? null : account);
        }
    }

    int size() {
        return byClient.size();
    }
}
