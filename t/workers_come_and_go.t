# Reloads, quits and killed workers, with events under way.

use strict;
use warnings;

use AepEdge;
use AepPatience qw(patience);
use AepServer;
use IO::Socket::INET ();
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $event  = '{"events":[{"xdm":{"eventType":"commerce.purchases"}}]}';
my $header = 'add_header X-Outcome $aep_outcome always; add_header X-Worker $pid always;';
my $edge   = AepEdge->start(keep => 100000);

sub outcome { return $_[0]{headers}{'x-outcome'}[0] // '' }

sub start {
    my ($arguments, %options) = @_;
    $edge->clear;
    return AepServer->start(edge => $edge->url . " $arguments", server => $header, %options);
}

sub begin_events {
    my ($server, $count) = @_;
    my @waiting = map { $server->client->begin('POST', '/ee/v1/interact', $event) } 1 .. $count;
    is(scalar @{ $edge->requests(at_least => $count) }, $count, "$count events are under way");
    return @waiting;
}

sub delivers {
    my ($server, $count, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @answers = map { $server->client->post('/ee/v1/interact', $event) } 1 .. $count;
    is_deeply([map { outcome($_) } @answers], [('delivered') x $count], $name);
}

# What holds within a second or three of real time may fail where the machine stands still meanwhile: a few tries each.
my $tries = 5;

subtest 'quit: Edge has a second to answer what is under way' => sub {
    my @outcomes;
    for (1 .. $tries) {
        my $server = start('answer_timeout=60s');
        $edge->mode({ hold => JSON::PP::true() });
        my @waiting = begin_events($server, 5);
        $server->signal('QUIT');
        ok($server->closes_its_port, 'nginx is about to end');
        $edge->release;
        @outcomes = map { outcome($_->answer) } @waiting;
        $server->ends_soon;
        $server->is_clean('with an Edge that answers in time');
        last unless grep { $_ ne 'delivered' } @outcomes;
    }
    is_deeply(\@outcomes, [('delivered') x 5], 'the pages have Edge\'s answers');
};

subtest 'quit: then the pages get answers without it' => sub {
    my $took;
    for (1 .. $tries) {
        my $server = start('answer_timeout=60s timeout=60s');
        $edge->mode({ hang => JSON::PP::true() });
        my @waiting = begin_events($server, 5);
        $took = $server->quit;
        my @answers = map { $_->answer } @waiting;
        is_deeply([map { $_->{status} } @answers],  [(200) x 5],    'the pages get answers');
        is_deeply([map { outcome($_) } @answers],   [('queued') x 5], 'as the events are kept');
        is($server->queue->count, 5, 'for the next who delivers');
        $server->is_clean('with an Edge that hangs');
        last if $took < patience(3);
    }
    cmp_ok($took, '<', patience(3), sprintf 'nginx ends soon (%.1f s)', $took);
};

subtest 'quit: with clients that keep their connections' => sub {
    my $server = start('');
    my @idle = map { $server->client->begin('GET', '/page.html', '', Connection => 'keep-alive') } 1 .. 5;
    is($_->answer->{status}, 200, 'a page is served') for @idle;
    push @idle, map { $server->client->begin('POST', '/ee/v1/interact', $event, Connection => 'keep-alive') } 1 .. 5;
    is($_->answer->{status}, 200, 'an event is taken') for @idle[5 .. 9];
    $server->ends_soon;
    $server->is_clean('with idle connections');
};

subtest 'quit: while a request is still coming in' => sub {
    my $server = start('answer_timeout=60s timeout=60s');
    my $half   = substr $event, 0, 20;
    my $begun  = $server->client->begin('POST', '/ee/v1/interact', $half, 'Content-Length' => length $event);
    ok($server->has_requests(1), 'half a request is there');
    $edge->mode({ hang => JSON::PP::true() });
    $server->signal('QUIT');
    ok($server->closes_its_port, 'nginx is about to end');
    $begun->socket->syswrite(substr $event, 20);
    my $answer = $begun->answer;
    is($answer->{status}, 200, 'the page gets an answer');
    cmp_ok($answer->{seconds}, '<', patience(20), 'soon after the rest is there');
    $begun->abandon;
    $server->ends_soon;
    $server->is_clean('with a late body');
};

subtest 'stop: at once' => sub {
    my $server  = start('answer_timeout=60s timeout=60s');
    $edge->mode({ hang => JSON::PP::true() });
    my @waiting = begin_events($server, 5);
    $server->ends_soon('TERM');
    is_deeply([map { $_->answer->{status} } @waiting], [(0) x 5], 'nobody waits for an answer');
    $server->is_clean('after a stop');
};

subtest 'stop and quit: what cannot be kept' => sub {
    my $acquire = '{"query":{"identity":{"fetch":["ECID"]}}}';
    for my $signal (qw(TERM QUIT)) {
        for my $queue ('', 'aep_queue off;') {
            my $server = start('answer_timeout=60s timeout=60s', http => $queue);
            $edge->mode({ hang => JSON::PP::true() });
            my @waiting = begin_events($server, 3);
            push @waiting, map { $server->client->begin('POST', '/ee/v1/identity/acquire', $acquire) } 1 .. 3;
            is(scalar @{ $edge->requests(at_least => 6) }, 6, 'and some requests for an identity');
            $server->ends_soon($signal);
            my %statuses = map { $_ => 1 } map { $_->answer->{status} } @waiting;
            my $expected = $signal eq 'TERM' ? [0] : $queue ? [503] : [200];
            is_deeply([sort keys %statuses], $expected, "$signal $queue: what is not safe is not acknowledged");
            $server->is_clean("with $signal $queue");
        }
    }
};

subtest 'worker_shutdown_timeout' => sub {
    my $server = start('answer_timeout=60s timeout=60s', main => 'worker_shutdown_timeout 300ms;');
    $edge->mode({ hang => JSON::PP::true() });
    my @waiting = begin_events($server, 5);
    $server->ends_soon;
    is_deeply([map { $_->answer->{status} } @waiting], [(0) x 5], 'connections are closed');
    $server->is_clean('after the timeout');
};

subtest 'reload: a worker that a long download keeps' => sub {
    my $silent = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 8, Proto => 'tcp') or die "listen: $@";
    my $server = start('answer_timeout=60s',
        server => "$header location = /slow { proxy_pass http://127.0.0.1:@{[$silent->sockport]}; }");
    $edge->mode({ hold => JSON::PP::true() });
    my @waiting  = begin_events($server, 3);
    my $download = $server->client->begin('GET', '/slow', '');
    my $upstream = $silent->accept;
    ok($server->reload, 'nginx reloads');
    $edge->clear;
    is_deeply([map { $_->answer->{status} } @waiting], [(200) x 3], 'what is under way is answered');
    delivers($server, 10, 'new workers deliver');
    cmp_ok(scalar(() = $server->workers), '>=', 3, 'the old one is still there');
    close $upstream;
    is($download->answer->{status}, 502, 'until the download ends');
    $download->abandon;
    ok(AepServer::wait_until(sub { 2 == (() = $server->workers) }), 'then it ends, too');
    $server->quit;
    $server->is_clean('with a long download');
};

subtest 'reloads while events come in' => sub {
    my $server = start('');
    my $pid    = open my $visitors, '-|';
    die "fork: $!" unless defined $pid;
    if ($pid == 0) {
        my $client = $server->client;
        my $ends   = time + 3;
        my %outcomes;
        while (time < $ends) {
            my @waiting = map { $client->begin('POST', '/ee/v1/interact', $event) } 1 .. 4;
            $outcomes{ outcome($_->answer) || 'nothing' }++ for @waiting;
        }
        print join ' ', map { "$_=$outcomes{$_}" } sort keys %outcomes;
        close STDOUT;
        POSIX::_exit(0);
    }
    for (1 .. 5) {
        sleep 0.4;
        ok($server->reload, 'nginx reloads');
    }
    # An old worker has a second for what is under way: it keeps the rest.
    my ($delivered, $queued) = join('', <$visitors>) =~ /^delivered=(\d{2,})(?: queued=(\d+))?$/;
    ok($delivered, 'all events are taken');
    close $visitors;
    ok($server->queue->becomes_empty, 'and none waits in the end');
    my %ids = map { $_->{_id} => 1 } grep { $_->{outcome} eq 'accepted' } @{ $edge->events };
    is(scalar keys %ids, ($delivered // 0) + ($queued // 0), 'all are delivered');
    ok(AepServer::wait_until(sub { 2 == (() = $server->workers) }), 'two workers are left');
    $server->quit;
    $server->is_clean('with reloads');
};

subtest 'a killed worker' => sub {
    my $server = start('answer_timeout=60s timeout=60s');
    is(outcome($server->client->post('/ee/v1/interact?requestId=before', $event)), 'delivered', 'an event before');
    $edge->clear;
    $edge->mode({ hang => JSON::PP::true() });
    my @waiting = begin_events($server, 6);
    my @killed  = $server->workers;
    kill KILL => @killed;
    is_deeply([map { $_->answer->{status} } @waiting], [(0) x 6], 'what it held is not acknowledged');
    my %killed = map { $_ => 1 } @killed;
    ok(AepServer::wait_until(sub { 2 == grep { !$killed{$_} } $server->workers }), 'the master starts new ones');
    $edge->clear;
    delivers($server, 10, 'which deliver');
    is(outcome($server->client->post('/ee/v1/interact?requestId=before', $event)), 'duplicate', 'and remember');
    $server->quit;
    my @faults = grep { /$AepServer::fault/ && !/exited on signal 9/ } split /\n/, $server->log;
    is_deeply(\@faults, [], 'no other fault');
};

subtest 'a single process' => sub {
    my $server = start('answer_timeout=60s timeout=60s', single => 1);
    delivers($server, 5, 'delivers');
    $edge->clear;
    $edge->mode({ hang => JSON::PP::true() });
    my @waiting = begin_events($server, 3);
    $server->ends_soon;
    $server->is_clean('as a single process');
};

# nginx without a master process serves nothing after a reload (nor does it without the module), but it has to end.
subtest 'a single process that was told to reload' => sub {
    my $server = start('', single => 1);
    delivers($server, 2, 'delivers before');
    $server->signal('HUP');
    sleep 0.3;
    $server->ends_soon;
    $server->is_clean('after a reload');
};

done_testing;
