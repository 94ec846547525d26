package dev.varve.server.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.ServerRequest;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/// What an HTTP/1.1 connection has read. Helidon chains the buffers of a connection and never cuts a used one from the
/// next. Once one of them is old, a young collection takes all that the connection reads afterwards for alive:
/// it copied every byte that was ever sent, until the next full one. So the chain begins anew after each request.
///
/// Helidon offers no way to do so, hence private members by name. Should they change, nothing is cut, which costs speed
/// alone; `ReadBuffersTest` notices.
public final class ReadBuffers {
    private static final String HTTP_1_REQUEST = "io.helidon.webserver.http1.Http1ServerRequest";
    private static final byte[] NOTHING = {};
    private static final Optional<Members> MEMBERS = Members.find();

    private record Members(Class<?> request, VarHandle context, VarHandle head, VarHandle tail, MethodHandle create) {
        static Optional<Members> find() {
            try {
                Class<?> request = Class.forName(HTTP_1_REQUEST);
                Lookup requests = MethodHandles.privateLookupIn(request, MethodHandles.lookup());
                Lookup readers = MethodHandles.privateLookupIn(DataReader.class, MethodHandles.lookup());
                Field head = DataReader.class.getDeclaredField("head");
                MethodHandle create = readers.findConstructor(
                        head.getType(), MethodType.methodType(void.class, DataReader.class, byte[].class));
                return Optional.of(new Members(
                        request,
                        requests.findVarHandle(request, "ctx", ConnectionContext.class),
                        readers.unreflectVarHandle(head),
                        readers.findVarHandle(DataReader.class, "tail", head.getType()),
                        create));
            } catch (ReflectiveOperationException e) {
                LoggerFactory.getLogger(ReadBuffers.class).warn("http.buffers_unknown", e);
                return Optional.empty();
            }
        }
    }

    private ReadBuffers() {}

    /// Forgets what the request's connection has read, if all of it is used up. For the thread that reads the
    /// connection.
    public static void forget(ServerRequest request) {
        if (MEMBERS.isEmpty() || !MEMBERS.get().request().isInstance(request)) {
            return;
        }
        Members members = MEMBERS.get();
        DataReader reader = ((ConnectionContext) members.context().get(request)).dataReader();
        if (reader.available() == 0) {
            Object buffer = create(members, reader);
            members.head().set(reader, buffer);
            members.tail().set(reader, buffer);
        }
    }

    private static Object create(Members members, DataReader reader) {
        try {
            return members.create().invoke(reader, NOTHING);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
