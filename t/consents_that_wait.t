# A set-consent that Edge could not take waits in one place for all workers: an old decision never undoes a newer one.

use strict;
use warnings;

use AepEdge;
use AepServer;
use JSON::PP qw(decode_json);
use Test::More;
use Time::HiRes qw(sleep);

my $identity = 'kndctr_0123456789ABCDEF01234567_AdobeOrg_identity='
    . 'CiY0MTg2MTY2NjE5MzE0MDE2MTkzNDI3Njg0NTY1MTE0ODg3Njk4OFIA';
my $other_identity = $identity =~ s/NDE4/NTE4/r =~ s/CiY0/CiY1/r;
my $header = 'add_header X-Outcome $aep_outcome always; add_header X-Worker $pid always;';
my $edge   = AepEdge->start;

sub outcome { return $_[0]{headers}{'x-outcome'}[0] // '' }

sub start {
    my ($arguments, %options) = @_;
    $edge->clear;
    return AepServer->start(edge => $edge->url . " $arguments", server => $header, workers => 2, %options);
}

sub begin_decision {
    my ($server, $general, $cookie) = @_;
    my $body = qq({"consent":[{"standard":"Adobe","version":"1.0","value":{"general":"$general"}}],)
        . '"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}}';
    return $server->client->begin('POST', '/ee/v1/privacy/set-consent', $body, Cookie => $cookie // $identity);
}

sub decide { return begin_decision(@_)->answer }

# What Edge was told, in this order, whatever it said; with at_least: waits for so many.
sub attempts {
    my @requests = @{ $edge->requests(action => 'set-consent', @_) };
    return [map { $_->{body}{consent}[0]{value}{general} } @requests];
}

# What it has taken.
sub decisions {
    my @requests = grep { ($_->{answer}{status} // 0) == 200 && !$_->{answer}{aborted} }
        @{ $edge->requests(action => 'set-consent') };
    return [map { $_->{body}{consent}[0]{value}{general} } @requests];
}

sub waiting {
    my $server = shift;
    return [map { decode_json($_->{body})->{consent}[0]{value}{general} } $server->queue->consents];
}

# Longer than a decision waits that these tests must not see told: a machine that stands still may be that slow to say the
# newer one.
my $retry_after = 5;

sub ends_clean {
    my ($server, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $server->quit;
    return $server->is_clean($name);
}

subtest 'a decision that waits is delivered once Edge is back' => sub {
    my $server = start('');
    $edge->mode({ status => 503 });
    my $answer = decide($server, 'in');
    is($answer->{status}, 200,      'the page gets an answer');
    is(outcome($answer),  'queued', 'the decision is kept');
    like(join("\n", @{ $answer->{headers}{'set-cookie'} }), qr/_consent=general=in; /,
        'the consent cookie is installed');
    is_deeply(waiting($server), ['in'], 'on disk');
    is($server->queue->count, 0, 'in the place for all workers');

    $edge->recover;
    ok($server->queue->becomes_empty, 'Edge is back: nothing waits any more');
    is_deeply(decisions(), ['in'], 'it was told, once');
    is($edge->requests->[-1]{path}, '/ee/v1/privacy/set-consent', 'as set-consent');
    ends_clean($server, 'with a decision that waited');
};

subtest 'a waiting "in" never undoes a live "out", through any worker' => sub {
    my $server = start('');
    $edge->mode({ status => 503, retryAfter => $retry_after });
    my $kept = decide($server, 'in');
    is(outcome($kept), 'queued', '"in" waits for Edge');
    $edge->recover;

    # Edge is back, and the visitor is quicker than those who deliver.
    my $live = decide($server, 'out');
    is(outcome($live), 'delivered', '"out" goes to Edge at once');
    is_deeply(waiting($server), [], '"in" does not wait any more');
    sleep $retry_after + 1;
    is_deeply(decisions(), ['out'], 'and is never told');
    ends_clean($server, 'with a decision that was withdrawn');
};

subtest 'the same through another worker' => sub {
    my $server = start('');
    for my $round (1 .. 40) {
        $edge->clear;
        $edge->mode({ status => 503, retryAfter => $retry_after });
        my $kept = decide($server, 'in');
        $edge->recover;
        my $live = decide($server, 'out');
        is(outcome($live), 'delivered', "round $round: \"out\" goes to Edge") or last;
        next if $live->{headers}{'x-worker'}[0] eq $kept->{headers}{'x-worker'}[0];
        pass('through the other worker');
        is_deeply(waiting($server), [], '"in" does not wait any more');
        sleep $retry_after + 1;
        is_deeply(decisions(), ['out'], 'and is never told');
        last;
    }
    ends_clean($server, 'with two workers');
};

subtest 'a newer decision that waits replaces an older one' => sub {
    my $server = start('');
    $edge->mode({ status => 503 });
    decide($server, $_) for qw(in out in out);
    is_deeply(waiting($server), ['out'], 'one is kept, the last');
    decide($server, 'in', $other_identity);
    is_deeply([sort @{ waiting($server) }], ['in', 'out'], 'and one of another visitor');
    $edge->recover;
    ok($server->queue->becomes_empty, 'Edge is back: nothing waits any more');
    is_deeply([sort @{ decisions() }], ['in', 'out'], 'each was told, once');
    ends_clean($server, 'with several decisions');
};

subtest 'one that waits for an older one keeps nobody from finding out whether Edge is back' => sub {
    my $server = start('answer_timeout=200ms timeout=60s', workers => 1);
    $edge->mode({ action => 'set-consent', hold => JSON::PP::true(), times => 1 });
    is(outcome(decide($server, 'in')), 'queued', '"in" is being sent, and kept');
    $edge->add_mode({ action => 'acquire', status => 503, times => 5 });
    $server->client->post('/ee/v1/identity/acquire', '{}') for 1 .. 5;
    sleep 2;    # longer than the circuit breaker is open after that
    is(outcome(decide($server, 'out')), 'queued', '"out" may be sent, but waits for "in"');
    is(outcome($server->client->post('/ee/v1/interact', '{"events":[{"xdm":{}}]}')), 'delivered',
        'so the next request finds out');
    $edge->release;
    ok($server->queue->becomes_empty, 'then nothing waits any more');
    ends_clean($server, 'with a decision that gave way');
};

subtest 'while an older one is being sent a newer one waits' => sub {
    my $server = start('answer_timeout=500ms timeout=60s', workers => 2);
    $edge->mode({ status => 503, times => 1 });
    $edge->add_mode({ hold => JSON::PP::true(), times => 1 });
    decide($server, 'in');
    is_deeply(attempts(at_least => 2), ['in', 'in'], '"in" is being sent again');
    my $newer = decide($server, 'out');
    is(outcome($newer), 'queued', '"out" waits');
    is(scalar @{ $edge->requests }, 2, 'and is not sent beside it');
    $edge->release;
    ok($server->queue->becomes_empty, 'then nothing waits any more');
    is_deeply(attempts(), ['in', 'in', 'out'], '"out" was told last');
    ends_clean($server, 'with two decisions in a row');
};

subtest 'an older one counts as being sent for as long as that may take' => sub {
    my $server = start('answer_timeout=500ms timeout=5m');
    $edge->mode({ status => 503, times => 1 });
    $edge->add_mode({ hold => JSON::PP::true(), times => 1 });
    decide($server, 'in');
    is_deeply(attempts(at_least => 2), ['in', 'in'], '"in" is being sent again');
    my ($older) = $server->queue->consents;
    cmp_ok($older->{sending_until} / 1000, '>', time + 300, 'and nothing else of the visitor until it has ended');
    $edge->release;
    ok($server->queue->becomes_empty, 'then nothing waits any more');
    ends_clean($server, 'with a long timeout');
};

subtest 'a live one is slow, and a newer one comes' => sub {
    my $server = start('answer_timeout=300ms timeout=60s');
    $edge->mode({ hold => JSON::PP::true(), times => 1 });
    my $older = decide($server, 'in');
    is(outcome($older), 'queued', 'the page of the first has waited long enough');
    my $newer = decide($server, 'out');
    is(outcome($newer), 'queued', 'the second waits, too');
    is_deeply(attempts(), ['in'], 'until Edge has spoken to the first');
    $edge->release;
    ok($server->queue->becomes_empty, 'nothing waits in the end');
    is_deeply(attempts(), ['in', 'out'], 'each was told once, the newer one last');
    ends_clean($server, 'with a slow Edge');
};

subtest 'a live one is slow, and then fails' => sub {
    my $server = start('answer_timeout=300ms timeout=60s');
    $edge->mode({ status => 503, hold => JSON::PP::true(), times => 1 });
    is(outcome(decide($server, 'in')), 'queued', 'the page has waited long enough');
    is_deeply(waiting($server), ['in'], 'the decision is on disk');
    $edge->release;
    ok($server->queue->becomes_empty, 'nothing waits in the end');
    is_deeply(attempts(), ['in', 'in'], 'it was sent once more');
    ends_clean($server, 'with a slow Edge that failed');
};

subtest 'nginx ends while a slow one is under way' => sub {
    my $server = start('answer_timeout=300ms timeout=10s');
    $edge->mode({ hang => JSON::PP::true(), times => 1 });
    is(outcome(decide($server, 'out')), 'queued', 'the page has waited long enough');
    $server->quit;
    is_deeply(waiting($server), ['out'], 'the decision is on disk');
    $server->start_again;
    ok($server->queue->becomes_empty, 'after the next start it goes at once');
    is_deeply(decisions(), ['out'], 'and is told');
    ends_clean($server, 'after a slow decision');
};

subtest 'an older one fails after a newer one was taken' => sub {
    my $server = start('answer_timeout=60s timeout=60s');
    $edge->mode({ status => 503, hold => JSON::PP::true(), times => 1 });
    my $older = begin_decision($server, 'in');
    $edge->requests(at_least => 1);
    is(outcome(decide($server, 'out')), 'delivered', '"out" is taken while "in" is under way');
    $edge->release;
    is($older->answer->{status}, 200, 'the page of the first has an answer, too');
    is_deeply(waiting($server), [], 'it does not wait');
    sleep 3;
    is_deeply(attempts(), ['in', 'out'], 'and is not sent again');
    ends_clean($server, 'with an older decision that failed');
};

subtest 'an older one fails while a newer one waits' => sub {
    my $server = start('answer_timeout=1500ms timeout=2s');
    $edge->mode({ hang => JSON::PP::true(), times => 1 });
    my $older = begin_decision($server, 'in');
    $edge->requests(at_least => 1);
    $edge->mode({ status => 503 });
    is(outcome(decide($server, 'out')), 'queued', '"out" waits while "in" is under way');
    is($older->answer->{status}, 200, 'the page of the first has an answer, too');
    is_deeply(waiting($server), ['out'], '"out" still waits');
    $edge->recover;
    ok($server->queue->becomes_empty, 'Edge is back: nothing waits any more');
    is_deeply(decisions(), ['out'], 'it was told the newer one');
    ends_clean($server, 'with an older decision that hung');
};

subtest 'what Edge refuses does not stay' => sub {
    my $server = start('');
    $edge->mode({ status => 503, times => 1 });
    $edge->add_mode({ status => 400 });
    is(outcome(decide($server, 'in')), 'queued', 'a decision waits');
    ok($server->queue->becomes_empty, 'then Edge refuses it');
    is_deeply(attempts(), ['in', 'in'], 'once');
    ok($server->wait_for_log('refused'), 'the log says so');
    is(decide($server, 'out')->{status}, 400, 'a live one has Edge\'s answer');
    is_deeply(waiting($server), [], 'and is not kept');
    ends_clean($server, 'with a refusal');
};

subtest 'a decision outlives nginx' => sub {
    my $server = start('');
    $edge->mode({ status => 503 });
    decide($server, 'out');
    $server->quit;
    is_deeply(waiting($server), ['out'], 'it is on disk');
    $edge->recover;
    $server->start_again;
    ok($server->queue->becomes_empty, 'after the next start nothing waits any more');
    is_deeply(decisions(), ['out'], 'Edge was told, once');
    ends_clean($server, 'after the next start');
};

subtest 'without a queue a decision is refused while Edge is away' => sub {
    my $server = start('', http => 'aep_queue off;');
    $edge->mode({ status => 503, times => 1 });
    my $answer = decide($server, 'out');
    is($answer->{status}, 503, 'not acknowledged');
    is($answer->{headers}{'retry-after'}[0], 1, 'it is to come again in a second');
    is(outcome(decide($server, 'out')), 'delivered', 'then it is taken');
    ends_clean($server, 'without a queue');
};

done_testing;
