# What is acknowledged outlives workers, reloads, and files that cannot be read; and what is too old is not sent.

use strict;
use warnings;

use AepEdge;
use AepPatience qw(is_instrumented patience);
use AepServer;
use IO::Socket::INET ();
use JSON::PP qw(decode_json);
use Test::More;
use Time::HiRes qw(sleep time);

my $event  = '{"events":[{"xdm":{"eventType":"commerce.purchases"}}]}';
my $header = 'add_header X-Outcome $aep_outcome always; add_header X-Worker $pid always;';
my $edge   = AepEdge->start(keep => 20000);

sub outcome { return $_[0]{headers}{'x-outcome'}[0] // '' }

sub worker { return $_[0]{headers}{'x-worker'}[0] // '' }

sub start {
    my %options = @_;
    $edge->clear;
    return AepServer->start(edge => $edge->url, server => $header, workers => 1, %options);
}

sub interact { my $server = shift; return $server->client->post('/ee/v1/interact', $event) }

# Edge is away, and events are kept until so many workers have some; returns how often each event is to arrive.
sub keep_events {
    my ($server, $workers) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $edge->mode({ status => 503 });
    my %seen;
    for (1 .. 200) {
        my $answer = interact($server);
        die "not kept\n" if outcome($answer) ne 'queued';
        $seen{ worker($answer) } = 1;
        last if keys %seen == $workers;
    }
    is(scalar keys %seen, $workers, "events are kept by $workers workers");
    return { map { $_ => 1 } map { decode_json($_->{body})->{events}[0]{xdm}{_id} } $server->queue->entries };
}

# Edge is back: what was kept arrives, once.
sub are_delivered {
    my ($server, $expected, $seconds) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok($server->queue->becomes_empty($seconds), 'Edge is back: nothing is left on disk');
    my %times;
    $times{ $_->{_id} }++ for grep { $_->{outcome} eq 'accepted' } @{ $edge->events };
    return is_deeply(\%times, $expected, 'each event has arrived, once');
}

sub ends_clean {
    my ($server, $name, $except) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $server->quit;
    is($server->{status}, 0, "nginx ends $name");
    my @faults = grep { /$AepServer::fault/ && !($except && /$except/) } split /\n/, $server->log;
    return is(join("\n", @faults), '', "no fault $name");
}

subtest 'a killed worker\'s events are taken over' => sub {
    # The worker may have been the one that finds out whether Edge is back: others wait for it as long as this.
    my $server = start(workers => 2, edge => $edge->url . ' timeout=5s');
    my $kept   = keep_events($server, 2);
    kill KILL => ($server->workers)[0];
    $edge->recover;    # not before: what the worker had delivered and not noted would arrive twice
    my $begun = time;
    are_delivered($server, $kept);
    note sprintf '%.1f s', time - $begun;
    ends_clean($server, 'after a kill', qr/exited on signal 9/);
};

subtest 'all workers and the master are killed' => sub {
    my $server = start(workers => 2);
    my $kept   = keep_events($server, 2);
    $server->kill_now;
    is($server->queue->count, scalar keys %$kept, 'what was acknowledged is on disk');
    $edge->recover;
    $server->start_again;
    are_delivered($server, $kept);
    ends_clean($server, 'after the next start');
};

subtest 'fewer workers after a reload, and more' => sub {
    my $server = start(workers => 4);
    my $kept   = keep_events($server, 3);
    $server->configure(workers => 1);
    ok($server->reload, 'nginx reloads');
    ok(AepServer::wait_until(sub { 1 == (() = $server->workers) }), 'one worker is left');
    $edge->recover;
    are_delivered($server, $kept);
    ok(AepServer::wait_until(sub { 1 == (() = $server->queue->files) }), 'files that nobody needs go');

    $edge->clear;
    $kept = keep_events($server, 1);
    $server->configure(workers => 4);
    ok($server->reload, 'nginx reloads');
    $edge->recover;
    are_delivered($server, $kept);
    ends_clean($server, 'with more and fewer workers');
};

subtest 'an old worker that a download keeps strands nothing' => sub {
    my $silent = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 8, Proto => 'tcp') or die "listen: $@";
    my $server = start(server => "$header location = /slow { proxy_pass http://127.0.0.1:@{[$silent->sockport]}; }");
    my $kept   = keep_events($server, 1);
    my $download = $server->client->begin('GET', '/slow', '');
    my $upstream = $silent->accept;
    ok($server->reload, 'nginx reloads');
    $edge->recover;
    are_delivered($server, $kept);
    is(scalar(() = $server->workers), 2, 'while the old worker is still there');
    close $upstream;
    is($download->answer->{status}, 502, 'the download ends');
    $download->abandon;
    ok(AepServer::wait_until(sub { 1 == (() = $server->workers) }), 'and so does the worker');
    ends_clean($server, 'with a long download');
};

subtest 'reloads while events wait and come' => sub {
    my $server = start(workers => 2);
    my $kept   = keep_events($server, 2);
    $edge->recover;
    for my $round (1 .. 3) {
        ok($server->reload, 'nginx reloads');
        sleep 0.3;
    }
    are_delivered($server, $kept);
    ends_clean($server, 'with reloads');
};

subtest 'what is too old is a dead letter' => sub {
    my $server = start(http => 'aep_queue aep-queue max_age=1s;');
    keep_events($server, 1);
    sleep 1.2;
    $edge->recover;
    ok($server->queue->becomes_empty, 'Edge is back: it does not wait any more');
    is(scalar(grep { $_->{outcome} eq 'accepted' } @{ $edge->events }), 0, 'as it is not sent');
    my @letters = $server->queue->dead_letters;
    is(scalar @letters, 1, 'it is a dead letter');
    is($letters[0]{status}, 0, 'without a status');
    like($letters[0]{reason}, qr/older than the max_age of aep_queue, 1 s/, 'with the reason');
    ok($server->wait_for_log(qr/\[error\].*1 requests for datastream "ebebf826-\S+" waited longer than max_age/),
        'the log says so');
    ends_clean($server, 'with an old event');
};

sub spoil {
    my $path = shift;
    open my $out, '+<', $path or die "$path: $!";
    print $out 'This is no database. ' x 300;
    close $out;
    unlink "$path-wal", "$path-shm";
    return;
}

subtest 'damaged files at the start' => sub {
    my $server = start();
    keep_events($server, 1);
    $server->quit;
    my $directory = $server->queue->directory;
    spoil("$directory/$_") for '1.db', 'consent.db';
    $server->start_again;
    for my $file ('1.db', 'consent.db') {
        my $path = quotemeta "$directory/$file";
        ok($server->wait_for_log(qr{\[alert\].*$path is damaged .*: it was renamed to $path\.damaged-\S+,}),
            "$file is moved aside, with an alert");
        is(scalar(() = glob "$directory/$file.damaged-*"), 1, 'it is still there');
    }
    is(outcome(interact($server)), 'queued', 'events are kept again');
    my $kept = { map { $_ => 1 } map { decode_json($_->{body})->{events}[0]{xdm}{_id} } $server->queue->entries };
    is(scalar keys %$kept, 1, 'in a new file');
    $edge->recover;
    are_delivered($server, $kept);
    ends_clean($server, 'with damaged files', qr/is damaged/);
};

subtest 'a file of a newer format is left alone' => sub {
    my $server = start();
    keep_events($server, 1);
    $server->quit;
    my ($file) = $server->queue->files;
    $server->queue->rows($file, 'PRAGMA user_version = 2');
    my $bytes = sub { open my $in, '<:raw', $file or die "$file: $!"; local $/; return scalar <$in> };
    my $before = $bytes->();
    $edge->clear;
    $edge->mode({ status => 503 });
    $server->start_again;
    ok($server->wait_for_log(qr{the queue leaves \Q$file\E alone: its format is version 2, this module reads version 1}),
        'the log says so');
    is(outcome(interact($server)), 'queued', 'events are kept');
    ok(-s $server->queue->directory . '/2.db', 'in another file');
    sleep 2.5;
    is(scalar(() = $server->log =~ /leaves \Q$file\E alone/g), 1, 'it is said once');
    $server->quit;
    ok($bytes->() eq $before, 'the file is as it was');
    is($server->{status}, 0, 'nginx ends');
};

sub memory {
    my $server = shift;
    open my $in, '<', '/proc/' . ($server->workers)[0] . '/status' or return 0;
    my ($kilobytes) = map { /^RssAnon:\s+(\d+)/ } <$in>;
    return $kilobytes;
}

subtest '100000 events wait at the start' => sub {
    my $server = start();
    keep_events($server, 1);
    $server->quit;
    my ($file) = $server->queue->files;
    my $columns = 'lane, received, due, attempts, source, size, website, action, target, headers, body';
    my $copies  = $columns =~ s/\bbody/replace(body, '"_id":"', '"_id":"' || number || '-')/r;
    $server->queue->rows($file, <<"SQL");
        UPDATE entries SET due = 0, received = received - 3600000;
        WITH RECURSIVE copy(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM copy WHERE number < 99999)
            INSERT INTO entries (id, $columns) SELECT id + number, $copies FROM entries, copy;
        UPDATE lanes SET entries = (SELECT count(*) FROM entries), bytes = (SELECT sum(size) FROM entries);
SQL
    $edge->recover;
    my $begun = time;
    $server->start_again;
    is($server->client->get('/page.html')->{status}, 200, 'pages are served');
    is(outcome(interact($server)), 'delivered', 'events go to Edge');
    cmp_ok(time - $begun, '<', patience(20), sprintf 'long before all that is sent (%.1f s)', time - $begun);

    my (@seconds, $most);
    for (1 .. 40) {
        my $answer = interact($server);
        is(outcome($answer), 'delivered') if outcome($answer) ne 'delivered';
        push @seconds, $answer->{seconds};
        sleep 0.1;
        my $memory = memory($server);
        $most = $memory if !defined $most || $memory > $most;
    }
    note sprintf 'median %.1f ms, at most %d KB of memory', 1000 * (sort { $a <=> $b } @seconds)[20], $most;
    cmp_ok((sort { $a <=> $b } @seconds)[20], '<', patience(1), 'a visitor does not notice the backlog');
    cmp_ok($most, '<', 64 * 1024, 'memory is bounded') unless is_instrumented();
    my $sent;
    ok(AepServer::wait_until(sub { ($sent = grep { $_->{action} eq 'collect' } @{ $edge->events }) > 500 }),
        'which is being delivered');
    cmp_ok($sent, '<', 1200 * (time - $begun), 'not faster than Edge allows');
    $server->ends_soon;
    $server->is_clean('with a backlog');

    # What is left and what has arrived are all that there was.
    my %times;
    $times{ $_->{_id} }++ for grep { $_->{action} eq 'collect' && $_->{outcome} eq 'accepted' } @{ $edge->events };
    my $left = ($server->queue->rows($file, 'SELECT count(*) AS count FROM entries'))[0]{count};
    cmp_ok($left + keys %times, '>=', 100000, 'nothing is missing');
    is(scalar(grep { $_ > 1 } values %times), 0, 'nothing has arrived twice');
};

done_testing;
