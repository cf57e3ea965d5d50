# The way to Edge: encrypted, and only to whom the certificate names.

use strict;
use warnings;

use AepCertificate;
use AepEdge;
use AepServer;
use JSON::PP ();
use Test::More;

my $event       = '{"events":[{"xdm":{"eventType":"commerce.purchases"}}]}';
my $header      = 'add_header X-Outcome $aep_outcome always;';
my $certificate = AepCertificate->make('localhost');
my $other       = AepCertificate->make('edge.example');
my $edge = AepEdge->start(https => 0, cert => $certificate->certificate, key => $certificate->key);
my $port = $edge->tls_port;

# Sends an event through a server with these settings: what the stand-in received, the answer, and the log.
sub send_event {
    my ($aep_edge, $trusted) = @_;
    $edge->clear;
    my $server = AepServer->start(
        edge    => $aep_edge,
        http    => $trusted ? 'aep_edge_trusted_certificate ' . $trusted->certificate . ';' : '',
        server  => $header,
        workers => 1
    );
    my $answer = $server->client->post('/ee/v1/interact', $event);
    $server->quit;
    $server->is_clean("with $aep_edge");
    return ($edge->requests, $answer, $server->log);
}

sub is_not_sent {
    my ($requests, $answer, $log) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is(scalar @{$requests}, 0, 'nothing is sent');
    is($answer->{status}, 200, 'the page gets an answer');
    is($answer->{headers}{'x-outcome'}[0], 'queued', 'the event is kept');
    like($log, qr/\[warn\].*Edge does not take a request.*: .*(?i:certificate|subject name).*; it is kept for later/, 'the log says what is wrong with the certificate');
}

subtest 'a certificate of a trusted authority' => sub {
    my ($requests, $answer) = send_event("https://localhost:$port", $certificate);
    is(scalar @{$requests}, 1, 'the event is sent');
    is($answer->{headers}{'x-outcome'}[0], 'delivered', 'and delivered');
    is($requests->[0]{httpVersion}, '1.1', 'by HTTP/1.1');
    is($requests->[0]{headers}{host}, "localhost:$port", 'to the host of aep_edge');
};

subtest 'HTTP/2, where it is wanted' => sub {
    my ($requests, $answer) = send_event("https://localhost:$port http2=on", $certificate);
    is($requests->[0]{httpVersion}, '2.0', 'the event is sent by HTTP/2');
    is($answer->{headers}{'x-outcome'}[0], 'delivered', 'and delivered');
};

subtest 'an answer to another request, by a connection that several share' => sub {
    $edge->clear;
    my $server = AepServer->start(
        edge    => "https://localhost:$port http2=on",
        http    => 'aep_edge_trusted_certificate ' . $certificate->certificate . ';',
        server  => $header,
        workers => 1
    );
    $edge->mode({ hold => JSON::PP::true(), times => 1, body => { requestId => 'of-another-1f', handle => [] } });
    $edge->add_mode({ hold => JSON::PP::true() });
    my @waiting = map { $server->client->begin('POST', "/ee/v1/interact?requestId=shared-$_", $event) } 1 .. 8;
    my %connections = map { $_->{connection} => 1 } @{ $edge->requests(at_least => 8) };
    is(scalar keys %connections, 1, 'eight events by one connection');
    $edge->recover;
    my @answers = map { $_->answer } @waiting;
    is(scalar(grep { $_->{status} == 200 } @answers), 8, 'all have an answer');
    is(scalar(grep { $_->{body} =~ /of-another/ } @answers), 0, 'which is not another\'s');
    cmp_ok(scalar(grep { $_->{headers}{'x-outcome'}[0] eq 'queued' } @answers), '>=', 1, 'one at least is kept for later');
    ok($server->queue->becomes_empty, 'and goes');
    my %accepted = map { $_->{requestId} => 1 } grep { $_->{outcome} eq 'accepted' } @{ $edge->events };
    is(scalar keys %accepted, 8, 'Edge has them all');
    $server->quit;
    $server->is_clean('by HTTP/2');
};

subtest 'a certificate of nobody whom the system trusts' => sub {
    is_not_sent(send_event("https://localhost:$port"));
};

subtest 'a certificate of an authority that is not ours' => sub {
    is_not_sent(send_event("https://localhost:$port", $other));
};

subtest 'a certificate for another name' => sub {
    is_not_sent(send_event("https://127.0.0.1:$port", $certificate));
};

subtest 'a server that does not encrypt' => sub {
    my ($requests, $answer, $log) = send_event('https://localhost:' . $edge->port, $certificate);
    is(scalar @{$requests}, 0, 'nothing is sent');
    is($answer->{headers}{'x-outcome'}[0], 'queued', 'the event is kept');
};

done_testing;
