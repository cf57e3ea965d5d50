# What a page gets and what is on disk, for each way in which Edge can fail a live request. What is acknowledged is
# delivered in the end, once, as the same event.

use strict;
use warnings;

use AepEdge;
use AepPatience qw(patience);
use AepServer;
use JSON::PP qw(decode_json);
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $datastream = 'ebebf826-a01f-4458-8cec-ef61de241c93';
my $event      = '{"query":{"personalization":{"surfaces":["web://shop.example/"]}},'
    . '"events":[{"query":{"personalization":{"schemas":["x"]}},"xdm":{"eventType":"commerce.purchases"}}]}';
my $header = 'add_header X-Outcome $aep_outcome always; location = /small.txt { alias html/small.txt; }';
my $edge   = AepEdge->start;

sub outcome { return $_[0]{headers}{'x-outcome'}[0] // '' }

sub start {
    my ($arguments, %options) = @_;
    $edge->clear;
    return AepServer->start(edge => $edge->url . " $arguments", server => $header, workers => 1, %options);
}

sub interact {
    my ($server, $id) = @_;
    return $server->client->post("/ee/v1/interact?requestId=$id", $event);
}

sub ends_clean {
    my ($server, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $server->quit;
    return $server->is_clean($name);
}

# The page has an answer that alloy can take, and the access log can tell.
sub is_queued {
    my ($answer, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($answer->{status}, 200,      "$name: the page gets an answer");
    is(outcome($answer),  'queued', 'the event is kept for later');
    is(ref decode_json($answer->{body})->{handle}, 'ARRAY', 'alloy can take the answer');
    is($answer->{headers}{'retry-after'}, undef, 'it is not asked to come again');
    return;
}

# Not acknowledged: alloy comes again.
sub is_refused {
    my ($answer, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($answer->{status}, 503,           "$name: refused");
    is(outcome($answer),  'unavailable', 'the log can tell');
    is($answer->{headers}{'retry-after'}[0], 1, 'it is to come again in a second');
    like($answer->{headers}{'content-type'}[0], qr{^application/problem\+json}, 'as Edge would say it');
    is(decode_json($answer->{body})->{status}, 503, 'in full');
    return;
}

# One event waits on disk, as what is to be sent when no page waits for the answer.
sub is_on_disk {
    my ($server, $id) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @entries = $server->queue->entries;
    is(scalar @entries, 1, 'one entry is on disk') or return {};
    my $entry = $entries[0];
    is($entry->{action},  'collect',   'to be sent as collect');
    is($entry->{website}, $datastream, 'to the same datastream');
    like($entry->{target}, qr{^/ee/v1/collect\?.*requestId=\Q$id\E}, 'as the same request');
    my $body = decode_json($entry->{body});
    ok(!exists $body->{query} && !exists $body->{events}[0]{query}, 'without queries for personalization');
    return $entry;
}

# Edge gets it once it can, one time, with the `_id` that it has on disk; and nothing stays behind.
sub is_delivered {
    my ($server, $entry, $seconds) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok($server->queue->becomes_empty($seconds), 'Edge is back: nothing is left on disk');
    my @events = grep { $_->{outcome} eq 'accepted' } @{ $edge->events };
    is(scalar @events, 1, 'Edge has taken one event') or return;
    is($events[0]{action},  'collect',  'as collect');
    is($events[0]{_id}, decode_json($entry->{body})->{events}[0]{xdm}{_id}, 'with the same _id');
    return;
}

subtest 'Edge takes the event: nothing on disk, before or after' => sub {
    for my $status (200, 207) {
        my $server = start('answer_timeout=5s');
        $edge->mode({ status => $status, delay => 300 });
        my $waiting = $server->client->begin('POST', '/ee/v1/interact?requestId=taken', $event);
        $edge->requests(at_least => 1);
        is($server->queue->count, 0, "$status: nothing before");
        my $answer = $waiting->answer;
        is($answer->{status}, $status,     'the page gets Edge\'s answer');
        is(outcome($answer),  'delivered', 'which is the acknowledgement');
        is($server->queue->count, 0, 'nothing after');
        is(scalar @{ $edge->requests }, 1, 'Edge got one');
        ends_clean($server, "with a $status");
    }
};

for my $failure (
    { status => 429 },
    { status => 429, retryAfter => 1 },
    { status => 502 },
    { status => 503 },
    { status => 504 },
    { reset  => JSON::PP::true() },
    { reset  => 'body' },
    { status => 200, contentType => 'text/html', body => '<html>Sign in</html>' },
    { status => 200, body => '' },
    { status => 200, body => { requestId => 'of-another-1f', handle => [] } })
{
    my $name = JSON::PP->new->canonical->encode($failure) =~ tr/{}"//dr;
    subtest "Edge fails: $name" => sub {
        my $server = start('');
        $edge->mode($failure);
        is_queued(interact($server, 'failed'), $name);
        my $entry = is_on_disk($server, 'failed');
        is(outcome(interact($server, 'failed')), 'duplicate', 'a repeat is known');
        $edge->clear;    # some of these come from a stand-in that has taken the event
        is_delivered($server, $entry);
        ends_clean($server, "with $name");
    };
}

subtest 'nobody listens' => sub {
    my $port   = AepServer::free_port();
    my $server = start('', edge => "http://127.0.0.1:$port");
    is_queued(interact($server, 'alone'), 'without Edge');
    my $entry = is_on_disk($server, 'alone');
    my $late  = AepEdge->start(http => $port);
    ok($server->queue->becomes_empty, 'then Edge is there: nothing is left on disk');
    my @events = @{ $late->events };
    is_deeply([map { $_->{_id} } @events], [decode_json($entry->{body})->{events}[0]{xdm}{_id}],
        'the event has arrived');
    $late->stop;
    ends_clean($server, 'without Edge');
};

# The seconds that a small file needs until it is safe.
sub time_of_sync {
    my $path  = shift;
    my $begun = time;
    open my $out, '>>', $path or die "$path: $!";
    $out->printflush('x' x 4096);
    $out->sync;
    return time - $begun;
}

# The median is far below the second that an answer took if it waited for Edge as long as a page may.
subtest 'the breaker is open' => sub {
    my $server = start('', workers => 2);
    mkdir $server->directory . '/html';
    open my $out, '>', $server->directory . '/html/small.txt' or die "small.txt: $!";
    print $out '{}' x 50;
    close $out;
    $edge->mode({ status => 503 });
    my $client = $server->client;
    interact($server, "opens-$_") for 1 .. 5;
    my $asked = @{ $edge->requests };

    my (@kept, @file, @disk);
    for my $number (1 .. 40) {
        my $answer = interact($server, "breaker-$number");
        is(outcome($answer), 'queued') if $number % 10 == 0;
        push @kept, $answer->{seconds};
        push @file, $client->get('/small.txt')->{seconds};
        push @disk, time_of_sync($server->directory . '/html/sync');
    }
    my ($kept, $file, $disk) = map { (sort { $a <=> $b } @$_)[20] } \@kept, \@file, \@disk;
    note sprintf 'medians: %.1f ms, a file %.1f ms, the disk %.1f ms', map { 1000 * $_ } $kept, $file, $disk;
    cmp_ok($kept, '<', 2 * ($file + $disk) + patience(0.2), 'the answer takes no longer than a file and the disk');
    cmp_ok(scalar @{ $edge->requests } - $asked, '<=', 6, 'Edge is left alone');
    is($server->queue->count, 45, 'all events are on disk');
    is($client->post('/ee/v1/identity/acquire', '{"query":{"identity":{"fetch":["ECID"]}}}')->{status}, 200,
        'an identity can be had');
    is($server->queue->count, 45, 'which is nothing to keep');

    my %id_of = map { $_ => 1 } map { decode_json($_->{body})->{events}[0]{xdm}{_id} } $server->queue->entries;
    $edge->recover;
    ok($server->queue->becomes_empty(40), 'Edge is back: nothing is left on disk');
    my %times;
    $times{ $_->{_id} }++ for grep { $_->{outcome} eq 'accepted' } @{ $edge->events };
    is_deeply(\%times, \%id_of, 'each event has arrived, once');
    ends_clean($server, 'with an open breaker');
};

subtest 'as many requests are under way as may be' => sub {
    my $server = start('connections=1 answer_timeout=4s timeout=60s');
    $edge->mode({ hold => JSON::PP::true(), times => 1 });
    my @waiting = map { $server->client->begin('POST', "/ee/v1/interact?requestId=many-$_", $event) } 1 .. 20;
    my @answers = map { $_->answer } reverse @waiting;    # the last ones do not wait
    is(scalar(grep { outcome($_) eq 'queued' } @answers), 20, 'all are kept for later');
    is($server->queue->count, 20, 'on disk');
    is(scalar(grep { $_->{seconds} < 3.9 } @answers), 4, 'those that find no place do not wait');
    $edge->release;
    ok($server->queue->becomes_empty(30), 'then all are delivered');
    my %times;
    $times{ $_->{_id} }++ for @{ $edge->events };
    is_deeply([values %times], [(1) x 20], 'each of them once');
    ends_clean($server, 'with many requests');
};

subtest 'what cannot be kept is refused' => sub {
    my $server = start('', http => 'aep_queue small max_size=1m;');
    my $queue  = AepQueue->new($server->directory . '/small');
    my $large  = $event =~ s/"xdm"/'"note":"' . 'x' x 60000 . '","xdm"'/er;
    $edge->mode({ status => 503 });
    my @answers;
    while (@answers < 40) {
        push @answers, $server->client->post('/ee/v1/interact?requestId=large-' . @answers, $large);
        last if $answers[-1]{status} != 200;
    }
    is_refused($answers[-1], 'a full queue');
    is_refused($server->client->post('/ee/v1/interact?requestId=large-' . $#answers, $large), 'the same again');
    is($server->client->post('/ee/v1/collect', $large)->{status}, 503, 'so is a beacon');
    my $kept = @answers - 1;
    is($queue->count, $kept, 'what was acknowledged is on disk');
    my @alerts = grep { /\[alert\]/ } split /\n/, $server->log;
    is(scalar @alerts, 1, 'one message says it') or diag(join "\n", @alerts);
    like($alerts[0], qr/the queue is full.*max_size/, 'and what to do');

    $edge->recover;
    ok($queue->becomes_empty(30), 'Edge is back: nothing is left on disk');
    is(scalar(grep { $_->{outcome} eq 'accepted' } @{ $edge->events }), $kept, 'what was acknowledged has arrived');
    is(outcome($server->client->post('/ee/v1/interact?requestId=large-' . $#answers, $large)), 'delivered',
        'a repeat of what was refused is taken');
    $server->quit;
};

subtest 'answer_timeout passes: the transfer that goes on settles the entry' => sub {
    my $server = start('answer_timeout=200ms timeout=60s');
    $edge->mode({ hold => JSON::PP::true(), times => 1 });
    is_queued(interact($server, 'slow'), 'a slow Edge');
    my $entry = is_on_disk($server, 'slow');
    is(outcome(interact($server, 'slow')), 'duplicate', 'a repeat is known');
    $edge->release;
    ok($server->queue->becomes_empty, 'Edge takes it in the end: nothing is left on disk');
    my @events = @{ $edge->events };
    is(scalar @events, 1, 'it was sent once');
    is($events[0]{outcome}, 'accepted', 'and taken');
    is($events[0]{_id}, decode_json($entry->{body})->{events}[0]{xdm}{_id}, 'as the event that was on disk');
    ends_clean($server, 'with a slow Edge');
};

subtest 'answer_timeout passes, and the transfer fails' => sub {
    my $server = start('answer_timeout=200ms timeout=4s');
    $edge->mode({ hang => JSON::PP::true(), times => 1 });
    is_queued(interact($server, 'stuck'), 'an Edge that hangs');
    my $entry = is_on_disk($server, 'stuck');
    is($entry->{attempts}, 0, 'which nobody has tried before');
    ok($server->queue->becomes_empty, 'then it is delivered');
    is_deeply([map { $_->{outcome} } @{ $edge->events }], ['unanswered', 'accepted'], 'by a second transfer');
    ends_clean($server, 'with an Edge that hangs');
};

subtest 'answer_timeout passes, and Edge refuses' => sub {
    my $server = start('answer_timeout=200ms timeout=60s');
    $edge->mode({ status => 422, hold => JSON::PP::true() });
    is_queued(interact($server, 'late'), 'a slow Edge');
    is_on_disk($server, 'late');
    $edge->release;
    ok($server->queue->becomes_empty, 'nobody sends it again');
    my @letters = $server->queue->dead_letters;
    is_deeply([map { $_->{status} } @letters], [422], 'it is a dead letter');
    is(scalar @{ $edge->requests }, 1, 'Edge saw it once');
    ends_clean($server, 'with a late refusal');
};

subtest 'Edge has a fault (500): one retry, a minute later, then a dead letter' => sub {
    my $server = start('');
    $edge->mode({ status => 500 });
    is_queued(interact($server, 'fault'), 'a fault of Edge\'s');
    my $entry = is_on_disk($server, 'fault');
    is($entry->{attempts}, 1, 'it was tried once');
    my $pause = $entry->{due} / 1000 - time;
    ok($pause > 50 && $pause <= 61, "it waits for a minute ($pause s)");
    sleep 1.5;
    is(scalar @{ $edge->requests }, 1, 'until then it is not sent');

    ends_clean($server, 'with a fault of Edge\'s');
    $server->queue->rows(($server->queue->files)[0], 'UPDATE entries SET due = 0');    # a minute passes
    $server->start_again;
    ok($server->queue->becomes_empty, 'then it is sent again, and fails again');
    is(scalar @{ $edge->requests }, 2, 'for the last time');
    my @letters = $server->queue->dead_letters;
    is(scalar @letters, 1, 'it is a dead letter');
    is($letters[0]{status},   500, 'with Edge\'s status');
    is($letters[0]{attempts}, 2,   'and the number of attempts');
    is($letters[0]{body}, $entry->{body}, 'and all that an operator needs to send it again');
    ends_clean($server, 'with a dead letter');
};

subtest 'Edge refuses the event: its answer as it came' => sub {
    my $server = start('');
    my $problem = '{ "type" : "https://ns.adobe.com/aep/errors/EXEG-0104-422", "n":1.0 }';
    $edge->mode({ status => 422, contentType => 'application/problem+json', body => $problem });
    my $answer = interact($server, 'broken');
    is($answer->{status}, 422,      '422: the page gets Edge\'s answer');
    is($answer->{body},   $problem, 'as it came');
    is(outcome($answer),  'rejected', 'the access log can tell');
    my @letters;
    ok(AepServer::wait_until(sub { @letters = $server->queue->dead_letters }), 'an operator finds it');
    is(scalar @letters, 1, 'once');
    is($letters[0]{status}, 422,      'with Edge\'s status');
    is($letters[0]{reason}, $problem, 'and its reason');
    is($server->queue->count, 0, 'it does not wait for Edge');

    $edge->mode({ status => 400 });
    is(interact($server, "wrong-$_")->{status}, 400, '400: the same') for 1 .. 3;
    is(scalar(my @same = $server->queue->dead_letters), 1, 'without a trace on disk');
    is($server->queue->count, 0, 'not among what waits, either');
    my @errors = grep { /\[error\].*Edge refused .* with 400/ } split /\n/, $server->log;
    is(scalar @errors, 1, 'one message says it') or diag(join "\n", @errors);
    like($errors[0], qr/under Data Collection, Datastreams/, 'and where to look');
    ends_clean($server, 'with refusals');
};

subtest 'dead letters are sent again by the documented statement' => sub {
    open my $file, '<', 'docs/outages-and-queue.md' or die "docs/outages-and-queue.md: $!";
    my ($statement) = do { local $/; <$file> } =~ /sqlite3 1\.db "(BEGIN IMMEDIATE;.*?)"/s;
    my $server = start('');
    $edge->mode({ status => 422, times => 2 });
    is(interact($server, "broken-$_")->{status}, 422, 'Edge refuses an event') for 1 .. 2;
    ok(AepServer::wait_until(sub { 2 == (() = $server->queue->dead_letters) }), 'an operator finds both');
    $edge->clear;
    $edge->mode({ status => 503 });
    $server->queue->rows(($server->queue->files)[0], $statement);
    ok($server->reload, 'nginx reloads, while Edge is away');
    $edge->recover;
    my @delivered;
    ok(AepServer::wait_until(sub { 2 == (@delivered = grep { $_->{outcome} eq 'accepted' } @{ $edge->events }) }, 60),
        'Edge is back: both are delivered') or diag(scalar(@delivered) . ' delivered');
    ok($server->queue->becomes_empty, 'nothing waits any more');
    is(scalar(() = $server->queue->dead_letters), 0, 'there are no dead letters');
    ends_clean($server, 'with dead letters that were sent again');
};

subtest 'the client has gone' => sub {
    my $server = start('answer_timeout=60s timeout=60s');
    $edge->mode({ status => 503, hold => JSON::PP::true(), times => 1 });
    $edge->add_mode({ status => 503 });
    my $waiting = $server->client->begin('POST', '/ee/v1/interact?requestId=gone', $event);
    $edge->requests(at_least => 1);
    $waiting->abandon(1);
    is($server->queue->count, 0, 'nothing is on disk while Edge thinks about it');
    $edge->release;
    ok(AepServer::wait_until(sub { $server->queue->count == 1 }), 'when it fails the event is kept');
    my $entry = is_on_disk($server, 'gone');
    $edge->recover;
    is_delivered($server, $entry);
    ends_clean($server, 'with a client that has gone');
};

subtest 'the worker is killed' => sub {
    my $server = start('answer_timeout=5s timeout=10s');
    $edge->mode({ hang => JSON::PP::true(), times => 1 });
    my $waiting = $server->client->begin('POST', '/ee/v1/interact?requestId=killed', $event);
    $edge->requests(at_least => 1);
    kill KILL => $server->workers;
    is($waiting->answer->{status}, 0, 'nothing is acknowledged');
    is($server->queue->count,      0, 'nothing is on disk');
    ok(AepServer::wait_until(sub { outcome(interact($server, 'killed')) eq 'delivered' }, 15),
        'alloy\'s repeat is taken by the next worker');
    $server->quit;
};

subtest 'the worker is told to quit' => sub {
    my $server = start('answer_timeout=60s timeout=60s');
    $edge->mode({ hang => JSON::PP::true() });
    my $waiting = $server->client->begin('POST', '/ee/v1/interact?requestId=quit', $event);
    $edge->requests(at_least => 1);
    $server->ends_soon;
    is_queued($waiting->answer, 'before');
    my $entry = is_on_disk($server, 'quit');
    $server->is_clean('with a request under way');
    $edge->recover;
    $server->start_again;
    is_delivered($server, $entry);
    ends_clean($server, 'after the next start');
};

subtest 'a beacon goes to Edge, too: nothing on disk, before or after' => sub {
    my $server = start('answer_timeout=5s');
    $edge->mode({ delay => 300 });
    my $waiting = $server->client->begin('POST', '/ee/v1/collect?requestId=beacon', $event);
    $edge->requests(at_least => 1);
    is($server->queue->count, 0, 'nothing before');
    my $answer = $waiting->answer;
    is($answer->{status}, 204,         'the page gets Edge\'s answer');
    is(outcome($answer),  'delivered', 'which is the acknowledgement');
    is($server->queue->count, 0, 'nothing after');
    is(scalar @{ $edge->requests }, 1, 'Edge got one');
    ends_clean($server, 'with a beacon that Edge has taken');
};

subtest 'a beacon that Edge refuses is kept to be looked at, and not sent again' => sub {
    for my $status (400, 422) {
        my $server = start('answer_timeout=5s');
        $edge->mode({ status => $status });
        my $answer = $server->client->post('/ee/v1/collect?requestId=beacon', $event);
        is($answer->{status}, 204,      "$status: the page does not notice");
        is(outcome($answer),  'queued', 'as it is on disk');
        ok($server->queue->becomes_empty, 'where it does not wait');
        is(scalar @{ $edge->requests }, 1, 'Edge was asked once');
        my @samples = map { $server->queue->rows($_, 'SELECT status FROM samples') } $server->queue->files;
        my @kept    = (@samples, $server->queue->dead_letters);
        is(scalar @kept, 1, 'it can be looked at');
        is($kept[0]{status}, $status, 'with what Edge said');
        ends_clean($server, "with a beacon that Edge refuses with $status");
    }
};

subtest 'beacons leave half of the connections to pages' => sub {
    my $server = start('connections=4 answer_timeout=90s timeout=90s');    # longer than the test waits for an answer
    $edge->mode({ hold => JSON::PP::true() });
    my @beacons = map { $server->client->begin('POST', "/ee/v1/collect?requestId=beacon-$_", $event) } 1 .. 2;
    $edge->requests(at_least => 2);
    my $answer = $server->client->post('/ee/v1/collect?requestId=beacon-3', $event);
    is($answer->{status}, 204,      'half of them are in use: the next beacon gets its answer');
    is(outcome($answer),  'queued', 'from disk');
    my $page = $server->client->begin('POST', '/ee/v1/interact?requestId=page', $event);
    is(scalar @{ $edge->requests(action => 'interact', at_least => 1) }, 1, 'a page gets a connection');
    $edge->recover;
    is(outcome($_->answer), 'delivered', 'Edge answers') for $page, @beacons;
    ok($server->queue->becomes_empty, 'and takes the beacon that waited');
    is(scalar @{ $edge->requests }, 4, 'each once');
    ends_clean($server, 'with beacons that waited');
};

subtest 'a beacon that Edge does not answer in time is acknowledged from disk' => sub {
    my $server = start('answer_timeout=500ms timeout=90s');
    $edge->mode({ hold => JSON::PP::true() });
    my $answer = $server->client->post('/ee/v1/collect?requestId=beacon', $event);
    is($answer->{status}, 204,      'the page gets its answer');
    is(outcome($answer),  'queued', 'the event is on disk');
    is($server->queue->count, 1, 'where it stays until Edge has it');
    is(outcome($server->client->post('/ee/v1/collect?requestId=beacon', $event)), 'duplicate', 'a repeat is known');
    is(scalar @{ $edge->requests(at_least => 1) }, 1, 'Edge thinks about it');
    $edge->recover;
    ok($server->queue->becomes_empty, 'then nothing is left on disk');
    my $requests = $edge->requests;
    is(scalar @$requests, 1, 'Edge got it once');
    is($requests->[0]{query}{requestId}, 'beacon', 'as the same request');
    is($requests->[0]{body}{events}[0]{query}{personalization}{schemas}[0], 'x', 'as the page made it');
    ends_clean($server, 'with a beacon');
};

subtest 'a repeat while the first is under way is not acknowledged' => sub {
    my $server = start('answer_timeout=60s timeout=60s');
    $edge->mode({ status => 503, hold => JSON::PP::true(), times => 1 });
    $edge->add_mode({ status => 503 });
    my $first = $server->client->begin('POST', '/ee/v1/interact?requestId=twice', $event);
    $edge->requests(at_least => 1);
    is_refused(interact($server, 'twice'), 'the repeat');
    $edge->release;
    is_queued($first->answer, 'the first');
    is(outcome(interact($server, 'twice')), 'duplicate', 'now the repeat is known as safe');
    my $entry = is_on_disk($server, 'twice');
    $edge->recover;
    is_delivered($server, $entry);
    ends_clean($server, 'with a repeat');
};

subtest 'aep_queue off: nothing is acknowledged from disk' => sub {
    my $server = start('answer_timeout=3s timeout=60s', http => 'aep_queue off;');
    $edge->mode({ status => 503, times => 2 });
    is_refused(interact($server, 'off'), 'a failure of Edge\'s');
    is_refused($server->client->post('/ee/v1/collect?requestId=off-beacon', $event), 'of a beacon');
    is(outcome(interact($server, 'off')), 'delivered', 'the repeat is taken');
    my $beacon = $server->client->post('/ee/v1/collect?requestId=off-beacon', $event);
    is_deeply([$beacon->{status}, outcome($beacon)], [204, 'delivered'], 'collect passes live');
    $edge->clear;
    $edge->mode({ status => 503 });
    is_refused($server->client->post('/ee/v1/identity/acquire', '{"query":{"identity":{"fetch":["ECID"]}}}'),
        'an identity');
    $edge->clear;
    $edge->mode({ hold => JSON::PP::true() });
    is_refused(interact($server, 'off-slow'), 'a slow Edge');
    $edge->recover;
    ok(AepServer::wait_until(sub { ($edge->events(requestId => 'off-slow')->[0]{outcome} // '') eq 'accepted' }),
        'which takes the event nevertheless');
    ok(AepServer::wait_until(sub { outcome(interact($server, 'off-slow')) =~ /delivered|duplicate/ }),
        'the repeat is acknowledged');
    my %id = map { $_->{_id} => 1 } @{ $edge->events(requestId => 'off-slow') };
    is(scalar keys %id, 1, 'as the same event');

    $edge->clear;
    $edge->mode({ status => 503 });
    interact($server, "opens-$_") for 1 .. 8;
    is_refused(interact($server, 'open'), 'an open breaker');
    ok(!-e $server->directory . '/aep-queue', 'there is no directory');
    ends_clean($server, 'without a queue');
};

done_testing;
