// What comes back, and what becomes of the connection.
#include "transport_bench.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

RawServer::Script answering(std::string answer) {
    return [answer = std::move(answer)](Peer& peer) {
        peer.read_request();
        peer.send(answer);
        peer.wait_for_close();
    };
}

// Answers and closes in good order.
RawServer::Script parting(std::string answer) {
    return [answer = std::move(answer)](Peer& peer) {
        peer.read_request();
        peer.send(answer);
        peer.close();
    };
}

RawServer::Script answering_all(int count) {
    return [count](Peer& peer) {
        for (int i = 0; i < count; ++i) {
            peer.read_request();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + std::to_string(i));
        }
        peer.wait_for_close();
    };
}

} // namespace

TEST_CASE_TEMPLATE("status, headers in order, body", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench(
        {answering("HTTP/1.1 404 Not \xC3\xB6 Found\r\nETag:  \"a b\" \r\nx-list: 1\r\nX-List: 2\r\n"
                   "X-Empty:\r\nContent-Length: 4\r\n\r\nbody")});
    const HttpOutcome outcome = bench.send(bench.get());
    const HttpResponse& answer = response(outcome);
    CHECK(answer.status == 404);
    CHECK(answer.headers.find("etag") == "\"a b\"");
    CHECK(answer.headers.find("X-LIST") == "1");
    CHECK(answer.headers.find("x-empty") == "");
    CHECK(!answer.headers.find("x-none"));
    CHECK(answer.headers.list().size() == 5);
    CHECK(answer.body == "body");
}

TEST_CASE_TEMPLATE("requests to one origin share a connection", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({answering_all(3)});
    for (int i = 0; i < 3; ++i)
        CHECK(response(bench.send(bench.get())).body == std::to_string(i));
    CHECK(bench.server.connections() == 1);
}

TEST_CASE_TEMPLATE("answers that end the connection are followed by a new one", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({
        answering("HTTP/1.1 200 OK\r\nConnection: Keep-Alive, Close\r\nContent-Length: 1\r\n\r\n0"),
        answering("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n1"),
        parting("HTTP/1.1 200 OK\r\n\r\n2"),
        answering("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3surplus"),
        answering_all(1),
    });
    for (const char* body : {"0", "1", "2", "3", "0"})
        CHECK(response(bench.send(bench.get())).body == body);
}

TEST_CASE_TEMPLATE("HTTP/1.0 with keep-alive keeps its connection", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({[](Peer& peer) {
        for (int i = 0; i < 2; ++i) {
            peer.read_request();
            peer.send("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n");
        }
        peer.wait_for_close();
    }});
    for (int i = 0; i < 2; ++i)
        CHECK(response(bench.send(bench.get())).status == 200);
}

TEST_CASE_TEMPLATE("chunks, their extensions and trailers, byte by byte", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({[](Peer& peer) {
        peer.read_request();
        peer.drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n4;x=y\r\nWiki\r\n00a\r\npedia, ok.\r\n0\r\n"
                  "X-Trailer: 1\r\n\r\n");
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        peer.wait_for_close();
    }});
    CHECK(response(bench.send(bench.get())).body == "Wikipedia, ok.");
    CHECK(response(bench.send(bench.get())).body.empty());
}

TEST_CASE_TEMPLATE("interim answers are skipped, before and during the body", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({[](Peer& peer) {
        peer.read_head();
        peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
        peer.read_bytes(20'000'000);
        peer.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        peer.wait_for_close();
    }});
    StringSource source(std::string(20'000'000, 'x'), 262'144);
    const HttpOutcome outcome = bench.send(bench.put(source));
    CHECK(response(outcome).status == 201);
    CHECK(!response(outcome).headers.find("Link"));
}

TEST_CASE_TEMPLATE("HEAD, 204 and 304 have no body whatever their headers say", Wire, FERRY_WIRES) {
    TransportBench<Wire> bench({[](Peer& peer) {
        for (const char* status : {"200 OK", "204 No Content", "304 Not Modified"}) {
            peer.read_request();
            peer.send(std::string("HTTP/1.1 ") + status + "\r\nContent-Length: 10\r\n\r\n");
        }
        peer.wait_for_close();
    }});
    CHECK(response(bench.send(request("HEAD", bench.url()))).status == 200);
    CHECK(response(bench.send(bench.get())).status == 204);
    CHECK(response(bench.send(bench.get())).status == 304);
}

TEST_CASE_TEMPLATE("answers that are no HTTP, or lie about themselves", Wire, FERRY_WIRES) {
    const std::vector<std::string> answers = {
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 Low\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\x01\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1e3\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 67108865\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n",
        "HTTP/1.1 200 " + std::string(70'000, 'x'),
    };
    std::vector<RawServer::Script> scripts;
    for (const std::string& one : answers)
        scripts.push_back(answering(one));
    TransportBench<Wire> bench(scripts);
    for (const std::string& one : answers) {
        CAPTURE(one.substr(0, 80));
        const HttpOutcome outcome = bench.send(bench.get("/secret?path"));
        const HttpFailure& failure = failure_of(outcome);
        CHECK(failure.kind == FailureKind::invalid_answer);
        CHECK(failure.message.find("127.0.0.1:" + std::to_string(bench.server.port())) != std::string::npos);
        CHECK(failure.message.find("secret") == std::string::npos);
    }
}

TEST_CASE_TEMPLATE("a body beyond the limit is refused, however it is framed", Wire, FERRY_WIRES) {
    const auto flooding = [](std::string head, std::string piece) {
        return [head = std::move(head), piece = std::move(piece)](Peer& peer) {
            peer.read_request();
            peer.send(head);
            for (;;)
                peer.send(piece);
        };
    };
    const std::string mebibyte(1u << 20, 'x');
    TransportBench<Wire> bench(
        {flooding("HTTP/1.1 200 OK\r\n\r\n", mebibyte),
         flooding("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "100000\r\n" + mebibyte + "\r\n")});
    for (int i = 0; i < 2; ++i)
        CHECK(failure_of(bench.send(bench.get())).kind == FailureKind::invalid_answer);
}

TEST_CASE_TEMPLATE("an answer cut short is lost", Wire, FERRY_WIRES) {
    const std::vector<std::string> answers = {
        "",
        "HTTP/1.1 2",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
    };
    std::vector<RawServer::Script> scripts;
    for (const std::string& one : answers) {
        scripts.push_back(parting(one));
        scripts.push_back([one](Peer& peer) {
            peer.read_request();
            peer.send(one);
            peer.cut();
        });
    }
    TransportBench<Wire> bench(scripts);
    for (const std::string& one : answers) {
        CAPTURE(one);
        for (int i = 0; i < 2; ++i)
            CHECK(failure_of(bench.send(bench.get())).kind == FailureKind::lost_answer);
    }
}

} // namespace ferry::test
