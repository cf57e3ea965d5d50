# Edge takes longer than a page should wait.

use strict;
use warnings;

use AepEdge;
use AepServer;
use JSON::PP ();
use Test::More;

my $event  = '{"events":[{"xdm":{"eventType":"commerce.purchases"}}]}';
my $header = 'add_header X-Outcome $aep_outcome always;';
my $edge   = AepEdge->start;

sub outcome { return $_[0]{headers}{'x-outcome'}[0] // '' }

subtest 'the page waits for answer_timeout, the event goes on' => sub {
    $edge->clear;
    my $server = AepServer->start(edge => $edge->url . ' answer_timeout=300ms', server => $header, workers => 1);
    $edge->mode({ delay => 1000 });

    my $answer = $server->client->post('/ee/v1/interact?requestId=slow', $event);
    is($answer->{status}, 200,                     'the page gets an answer');
    like($answer->{body}, qr/"requestId":"slow","handle":\[/, 'that alloy can take');
    is(outcome($answer),  'late',                  'the log can tell');
    cmp_ok($answer->{seconds}, '>=', 0.28, 'not before answer_timeout');
    cmp_ok($answer->{seconds}, '<',  0.9,  'and soon after');

    ok(AepServer::wait_until(sub { $edge->requests(requestId => 'slow')->[0]{outcome} eq 'accepted' }),
        'Edge takes the event in the end');
    unlike($server->log, qr/is lost/, 'it is not lost');
    is(outcome($server->client->post('/ee/v1/interact?requestId=slow', $event)), 'duplicate', 'a repeat is known');

    $server->quit;
    $server->is_clean('with a late answer');
};

subtest 'an event that Edge does not take in the end is lost, and logged then' => sub {
    $edge->clear;
    my $server =
        AepServer->start(edge => $edge->url . ' answer_timeout=200ms timeout=800ms', server => $header, workers => 1);
    $edge->mode({ hang => JSON::PP::true() });

    is(outcome($server->client->post('/ee/v1/interact?requestId=r', $event)), 'late', 'the page has its answer');
    unlike($server->log, qr/is lost/, 'nothing is known yet');
    ok($server->wait_for_log('is lost: .*(?i:timed? ?out)'), 'then the loss is logged');

    $edge->clear;
    is(outcome($server->client->post('/ee/v1/interact?requestId=r', $event)), 'delivered', 'and a repeat counts');
    $server->quit;
    $server->is_clean('with a lost event');
};

subtest 'half an answer' => sub {
    $edge->clear;
    my $server =
        AepServer->start(edge => $edge->url . ' answer_timeout=200ms timeout=600ms', server => $header, workers => 1);
    $edge->mode({ hang => 'body' });
    my $answer = $server->client->post('/ee/v1/interact', $event);
    is(outcome($answer), 'late', 'is none');
    ok($server->wait_for_log('is lost:'), 'and is logged');
    $server->quit;
    $server->is_clean('with half an answer');
};

subtest 'only so many requests wait for Edge at once' => sub {
    $edge->clear;
    my $server = AepServer->start(
        edge    => $edge->url . ' answer_timeout=600ms connections=1 timeout=5s',
        server  => $header,
        workers => 1
    );
    $edge->mode({ hang => JSON::PP::true() });
    my @waiting = map { $server->client->begin('POST', '/ee/v1/interact', $event) } 1 .. 40;
    my @answers = map { $_->answer } @waiting;
    is_deeply([map { $_->{status} } @answers], [(200) x 40], 'all pages get answers');
    is(scalar(grep { outcome($_) eq 'late' } @answers), 16, 'as many wait as may (16 for each connection)');
    my @lost = grep { outcome($_) eq 'lost' } @answers;
    is(scalar @lost, 24, 'the others do not');
    ok($server->wait_for_log('is lost: too many requests in flight'), 'the log says why');
    is(scalar @{ $edge->requests }, 1, 'Edge sees as many requests as there are connections');
    $server->quit;
    $server->is_clean('with many requests');
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
