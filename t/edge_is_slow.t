# Edge takes longer than a page should wait.

use strict;
use warnings;

use AepEdge;
use AepServer;
use IPC::Open2 qw(open2);
use JSON::PP ();
use Test::More;

my $event  = '{"events":[{"xdm":{"eventType":"commerce.purchases"}}]}';
my $header = 'add_header X-Outcome $aep_outcome always;';
my $edge   = AepEdge->start;

sub outcome { return $_[0]{headers}{'x-outcome'}[0] // '' }

subtest 'the page waits for answer_timeout, the event goes on' => sub {
    $edge->clear;
    my $server = AepServer->start(edge => $edge->url . ' answer_timeout=300ms', server => $header, workers => 1);
    $edge->mode({ hold => JSON::PP::true() });

    my $answer = $server->client->post('/ee/v1/interact?requestId=slow', $event);
    is($answer->{status}, 200,                     'the page gets an answer');
    like($answer->{body}, qr/"requestId":"slow","handle":\[/, 'that alloy can take');
    is(outcome($answer),  'queued',                'the log can tell');
    cmp_ok($answer->{seconds}, '>=', 0.28, 'not before answer_timeout');
    is(scalar(grep { $_->{outcome} eq 'pending' } @{ $edge->requests(at_least => 1) }), 1, 'but before Edge has answered');

    $edge->recover;
    ok(AepServer::wait_until(sub { $edge->requests(requestId => 'slow')->[0]{outcome} eq 'accepted' }),
        'Edge takes the event in the end');
    is(scalar @{ $edge->requests }, 1, 'once');
    unlike($server->log, qr/does not take/, 'there was no trouble');
    is(outcome($server->client->post('/ee/v1/interact?requestId=slow', $event)), 'duplicate', 'a repeat is known');

    $server->quit;
    $server->is_clean('with a late answer');
};

subtest 'an event that Edge does not take in the end is delivered later' => sub {
    $edge->clear;
    my $server =
        AepServer->start(edge => $edge->url . ' answer_timeout=200ms timeout=800ms', server => $header, workers => 1);
    $edge->mode({ hang => JSON::PP::true(), times => 1 });

    is(outcome($server->client->post('/ee/v1/interact?requestId=r', $event)), 'queued', 'the page has its answer');
    ok($server->queue->becomes_empty, 'then nothing is left on disk');
    my $events = $edge->events;
    is($events->[0]{outcome},  'unanswered', 'as it is sent again');
    is($events->[-1]{outcome}, 'accepted',   'and taken');
    my %ids = map { $_->{_id} => 1 } @$events;
    is(scalar keys %ids, 1, 'as the same event');

    is(outcome($server->client->post('/ee/v1/interact?requestId=r', $event)), 'duplicate', 'and a repeat is known');
    $server->quit;
    $server->is_clean('with an event that was sent twice');
};

subtest 'half an answer' => sub {
    $edge->clear;
    my $server =
        AepServer->start(edge => $edge->url . ' answer_timeout=200ms timeout=600ms', server => $header, workers => 1);
    $edge->mode({ hang => 'body' });
    my $answer = $server->client->post('/ee/v1/interact', $event);
    is(outcome($answer), 'queued', 'is none');
    $edge->mode({ status => 200 });
    my $requests = $edge->requests(at_least => 2);
    is_deeply([map { $_->{path} } @$requests[0, 1]], ['/ee/v1/interact', '/ee/v1/collect'], 'the event is sent again');
    $server->quit;
    $server->is_clean('with half an answer');
};

subtest 'only so many requests wait for Edge at once' => sub {
    $edge->clear;
    my $server = AepServer->start(
        edge    => $edge->url . ' answer_timeout=3s connections=1 timeout=30s',
        server  => $header,
        workers => 1
    );
    $edge->mode({ hang => JSON::PP::true() });
    my @waiting = map { $server->client->begin('POST', '/ee/v1/interact', $event) } 1 .. 40;
    my @answers = map { $_->answer } reverse @waiting;    # the last ones do not wait
    is_deeply([map { $_->{status} } @answers], [(200) x 40], 'all pages get answers');
    is(scalar(grep { outcome($_) eq 'queued' } @answers), 40, 'as all are kept');
    is(scalar(grep { $_->{seconds} >= 2.9 } @answers), 16, 'as many wait as may (16 for each connection)');
    ok($server->wait_for_log('too many requests in flight.*; it is kept for later'), 'the log says why others do not');
    is(scalar @{ $edge->requests }, 1, 'Edge sees as many requests as there are connections');
    $server->quit;
    $server->is_clean('with many requests');
};

subtest 'Edge takes an event while the disk is still busy with it, and fails' => sub {
    $edge->clear;
    my $server =
        AepServer->start(edge => $edge->url . ' answer_timeout=200ms timeout=60s', server => $header, workers => 1);
    my $file;
    my $is_made = "SELECT 1 FROM sqlite_master WHERE name = 'lanes'";
    AepServer::wait_until(sub { ($file) = $server->queue->files; $file && $server->queue->rows($file, $is_made) });
    my $pid = open2(my $said, my $lock, 'sqlite3', '-cmd', '.timeout 60000', $file);
    print $lock "BEGIN IMMEDIATE; SELECT 'locked';\n";
    is(scalar <$said>, "locked\n", 'somebody else writes to the file');

    # The queue waits for the file for a second: a machine that stands still may miss that.
    my ($id, $answer);
    for my $round (1 .. 5) {
        $id = "r-$round";
        $edge->clear;
        $edge->mode({ hold => JSON::PP::true() });
        my $waiting = $server->client->begin('POST', "/ee/v1/interact?requestId=$id", $event);
        $edge->requests(at_least => 1);
        select undef, undef, undef, 0.4;
        $edge->recover;
        $answer = $waiting->answer;
        last if outcome($answer) eq 'delivered';
    }
    is($answer->{status}, 200,         'the page gets an answer');
    is(outcome($answer),  'delivered', 'which is Edge\'s');
    ok($server->wait_for_log('the queue could not be written'), 'the log tells of the file');
    close $lock;
    waitpid $pid, 0;

    is(outcome($server->client->post("/ee/v1/interact?requestId=$id", $event)), 'duplicate', 'a repeat is known');
    ok($server->queue->becomes_empty, 'nothing waits');
    is(scalar @{ $edge->requests }, 1, 'and nothing is sent twice');
    $server->quit;
};

subtest 'an answer in time is Edge\'s' => sub {
    $edge->clear;
    my $server = AepServer->start(edge => $edge->url . ' answer_timeout=5s', server => $header, workers => 1);
    $edge->mode({ delay => 400 });
    my $answer = $server->client->post('/ee/v1/interact', $event);
    is(outcome($answer), 'delivered', 'it is delivered');
    cmp_ok($answer->{seconds}, '>=', 0.35, 'after Edge has answered');
    $server->quit;
    $server->is_clean('with a slow answer');
};

done_testing;
