# Back office documents where something goes wrong on the way: nothing is lost, and the backend knows what to send again.

use strict;
use warnings;

use AepBackOffice;
use AepEdge;
use AepServer;
use JSON::PP qw(decode_json encode_json);
use Test::More;
use Time::HiRes qw(sleep time);

my $edge = AepEdge->start;

sub lines { my ($shop, @numbers) = @_; return join '', map { encode_json($shop->order($_)) . "\n" } @numbers }

sub header_text {
    my ($shop, %more) = @_;
    my %header = ($shop->header, Host => 'shop.example', Connection => 'close', 'Content-Type' => 'application/x-ndjson', %more);
    return join '', "POST /orders HTTP/1.1\r\n", (map { "$_: $header{$_}\r\n" } grep { defined $header{$_} } sort keys %header), "\r\n";
}

sub names { return sort map { $_->{commerce}{order}{purchaseID} } map { $_->{xdm} } map { @{ $_->{body}{events} // [] } } @{ $edge->requests } }

subtest 'a body that stops in the middle' => sub {
    my $shop = AepBackOffice->start($edge);
    my $text = lines($shop, 1 .. 3);
    my $half = substr $text, 0, length($text) - 100;
    my $request = $shop->server->client->begin_raw(header_text($shop, 'Content-Length' => length $text) . $half);
    is(scalar @{ $edge->events(at_least => 2) }, 2, 'what was whole is taken');
    $request->abandon;
    ok(AepServer::wait_until(sub { scalar(() = $shop->server->queue->orders) == 0 }), 'and sent');
    is_deeply([names()], ['000000001', '000000002'], 'what was cut is not');
    my $whole = encode_json($shop->order(4));
    $shop->server->client->begin_raw(header_text($shop, 'Content-Type' => 'application/json', 'Content-Length' => 1 + length $whole) . $whole)->abandon;
    sleep 0.3;
    is(scalar @{ $edge->events }, 2, 'nor is one document that was not whole');
    $shop->server->quit;
    $shop->server->is_clean('after bodies that stop');
    $edge->clear;
};

subtest 'a queue that is full' => sub {
    $edge->mode({ status => 503 });
    my $shop = AepBackOffice->start($edge, http => 'aep_queue AEP_DIRECTORY/aep-queue max_size=1m;');
    my %taken;
    my ($answer, @results);
    for my $round (1 .. 200) {
        $answer = $shop->post(lines($shop, map { 1000 * $round + $_ } 1 .. 100), 'Content-Type' => 'application/x-ndjson');
        last if $answer->{status} != 202;
        @results = @{ $shop->results($answer) };
        $taken{ $_->{id} } = 1 for grep { $_->{result} eq 'accepted' } @results;
        last if grep { $_->{result} eq 'unavailable' } @results;
    }
    if ($answer->{status} == 202) {
        my ($first) = grep { $results[$_]{result} eq 'unavailable' } 0 .. $#results;
        is_deeply([grep { $_->{result} ne 'unavailable' } @results[ $first .. $#results ]], [], 'all lines behind the first that is not taken are not taken either');
        ok($answer->{headers}{'retry-after'}[0], 'the backend is told when to come again');
    }
    my $single = $shop->post($shop->order(999_999));
    is($single->{status}, 503, 'one document is refused with 503');
    is($single->{headers}{'content-type'}[0], 'application/problem+json', 'as a problem');
    ok($single->{headers}{'retry-after'}[0], 'with a time');
    is($shop->results($single)->[0]{result}, 'unavailable', 'and its result');
    my $webhook = $shop->post({ data => { order => $shop->order(999_998)->{order} } }, 'X-AEP-Event' => 'orderPlaced');
    is($webhook->{status}, 503, 'so is a webhook\'s');
    $edge->recover;
    ok(AepServer::wait_until(sub { scalar(() = $shop->server->queue->orders) == 0 }, 60), 'the queue becomes empty');
    my %got = map { $_->{_id} => 1 } grep { $_->{outcome} eq 'accepted' } @{ $edge->events };
    is_deeply([grep { !$got{$_} } keys %taken], [], 'all that was taken is with Edge');
    is(AepServer::wait_until(sub { $shop->post($shop->order(999_999))->{status} == 202 }), 1, 'and it is taken again');
    $shop->server->quit;
    unlike($shop->server->log, qr/exited on signal|\[emerg\]|Sanitizer/, 'no fault after a full queue');
    $edge->clear;
};

subtest 'a worker that is told to quit while lines come' => sub {
    my $shop = AepBackOffice->start($edge);
    my $text = lines($shop, 1 .. 10);
    my $request = $shop->server->client->begin_raw(header_text($shop, 'Content-Length' => 2 * length $text) . $text);
    $edge->events(at_least => 10);
    my $begun = time;
    $shop->server->reload;
    my $answer = $request->answer(timeout => 20);
    cmp_ok(time - $begun, '<', AepPatience::patience(5), 'the backend has its answer soon');
    is($answer->{status}, 202, 'of what was taken');
    is(scalar(grep { $_->{result} eq 'accepted' } @{ $shop->results($answer) }), 10, 'line by line');
    is($answer->{headers}{'retry-after'}[0], 5, 'and when to send the rest');
    $shop->server->quit;
    $shop->server->is_clean('after a quit in the middle');
    $edge->clear;
};

subtest 'a backend that reads its results late' => sub {
    my $shop = AepBackOffice->start($edge, server => 'client_max_body_size 0;');
    my $count = 60_000;
    my $text = "no JSON\n" x $count;
    my $request = $shop->server->client->begin_raw(header_text($shop, 'Content-Length' => length $text));
    my $socket = $request->socket;
    $socket->blocking(1);
    for (my $place = 0; $place < length $text; $place += 4096) {
        $socket->syswrite(substr $text, $place, 4096) // die "cannot write: $!";
    }
    sleep 1;
    my $answer = $request->answer(timeout => 60);
    is(scalar @{ $shop->results($answer) }, $count, 'has all of them, though they fill every buffer on the way');
    $shop->server->quit;
    $shop->server->is_clean('after a slow reader');
};

subtest 'too many at a time' => sub {
    my $shop = AepBackOffice->start($edge);
    my @waiting = map { $shop->server->client->begin_raw(header_text($shop, 'Content-Length' => 100)) } 1 .. 64;
    my $answer;
    ok(AepServer::wait_until(sub { $answer = $shop->post($shop->order(1)); $answer->{status} == 429 }), 'more are refused with 429');
    is($answer->{headers}{'retry-after'}[0], 1, 'for a second');
    $_->abandon for @waiting;
    ok(AepServer::wait_until(sub { $shop->post($shop->order(2))->{status} == 202 }), 'until some have gone');
    $shop->server->quit;
    $shop->server->is_clean('after too many');
    $edge->clear;
};

subtest 'events about accounts' => sub {
    my $other = '00000000-aaaa-4bbb-8ccc-dddddddddddd';
    my $shop  = AepBackOffice->start($edge);
    my $account = $shop->sample('10');
    is($shop->results($shop->post($account))->[0]{result}, 'ignored', 'are not sent by default');
    like($shop->results($shop->post($account))->[0]{reason}, qr/aep_back_office_profile_events/, 'which the answer says');
    $shop->server->quit;
    $shop = AepBackOffice->start($edge, server => "aep_back_office_profile_events on datastream=$other;");
    is($shop->results($shop->post($account))->[0]{result}, 'accepted', 'are sent where they are on');
    $shop->post($shop->order(5));
    my %to = map { $_->{eventType} => $_->{datastream} } @{ $edge->events(at_least => 2) };
    is($to{'userAccount.backofficeCreateProfile'}, $other, 'to their own datastream');
    is($to{'commerce.backofficeOrderPlaced'}, 'ebebf826-a01f-4458-8cec-ef61de241c93', 'others to the website\'s');
    $shop->server->quit;
    $edge->clear;
};

subtest 'a website with its own Web SDK' => sub {
    my $shop = AepBackOffice->start($edge, server => 'aep_web_sdk_name alloy;');
    is($shop->post($shop->order(6))->{status}, 202, 'has a back office');
    is($edge->events(at_least => 1)->[0]{datastream}, 'ebebf826-a01f-4458-8cec-ef61de241c93', 'with the datastream that is ignored for pages');
    $shop->server->quit;
    $edge->clear;
};

done_testing;
