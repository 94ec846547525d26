/// Where webhooks may go.
@org.jspecify.annotations.NullMarked
package dev.varve.server.webhook;
