# Back office events: from the commerce backend's request to Edge.

use strict;
use warnings;

use AepBackOffice;
use AepEdge;
use JSON::PP qw(decode_json encode_json);
use Test::More;

my $datastream = 'ebebf826-a01f-4458-8cec-ef61de241c93';
my $edge = AepEdge->start;
my $shop = AepBackOffice->start($edge, location => 'aep_commerce_scope environment=6f1c2a94-0b7d-4e58-9a3e-5d20c7b1f846;');

sub type_of { return $_[0]{headers}{'content-type'}[0] // '' }

subtest 'one document' => sub {
    my $answer = $shop->post($shop->order(1));
    is($answer->{status}, 202, 'it is taken');
    is(type_of($answer), 'application/json', 'as JSON');
    my ($result) = @{ $shop->results($answer) };
    is($result->{result}, 'accepted', 'it is safe');
    is($result->{event}, 'orderPlaced', 'as what it is');
    my ($event) = @{ $edge->events(at_least => 1) };
    is($event->{eventType}, 'commerce.backofficeOrderPlaced', 'Edge gets it');
    is($event->{_id}, $result->{id}, 'under the name that was told');
    is($event->{datastream}, $datastream, 'for the datastream of the website');
    my ($request) = @{ $edge->requests(at_least => 1) };
    my $xdm = $request->{body}{events}[0]{xdm};
    is($xdm->{commerce}{order}{purchaseID}, '000000001', 'with its number');
    is($xdm->{commerce}{commerceScope}{environmentID}, '6f1c2a94-0b7d-4e58-9a3e-5d20c7b1f846', 'and the environment');
    unlike($request->{text}, qr/shopper1/, 'and without the address of the shopper');
    $edge->clear;
};

subtest 'the same once more' => sub {
    my $answer = $shop->post($shop->order(1));
    is($answer->{status}, 202, 'it is taken');
    is($shop->results($answer)->[0]{result}, 'duplicate', 'as a repeat');
    is(scalar @{ $edge->events(timeout => 300) }, 0, 'Edge does not get it again');
};

subtest 'an array' => sub {
    my $answer = $shop->post([$shop->order(2), { event => 'orderPlaced', order => {} }, $shop->order(3)]);
    is($answer->{status}, 202, 'it is taken');
    my @results = @{ $shop->results($answer) };
    is_deeply([map { $_->{result} } @results], [qw(accepted invalid accepted)], 'each document for itself');
    ok($results[1]{path} && $results[1]{expected}, 'what is wrong is named') or diag explain $results[1];
    is(scalar @{ $edge->events(at_least => 2) }, 2, 'Edge gets the good ones');
    $edge->clear;
};

subtest 'NDJSON' => sub {
    my $lines = join "\n", (map { encode_json($shop->order($_)) } 10 .. 12), 'no JSON', '', encode_json($shop->order(10)), '';
    my $answer = $shop->post($lines, 'Content-Type' => 'application/x-ndjson');
    is($answer->{status}, 202, 'it is taken');
    is(type_of($answer), 'application/x-ndjson', 'as NDJSON');
    my @results = @{ $shop->results($answer) };
    is_deeply([map { "$_->{line} $_->{result}" } @results],
        ['1 accepted', '2 accepted', '3 accepted', '4 invalid', '6 accepted'], 'with a result a line')
        or diag explain \@results;
    my @ids = map { $_->{_id} } @{ $edge->events(at_least => 3) };
    is_deeply([@ids[0 .. 2]], [map { $_->{id} } @results[0 .. 2]], 'Edge gets them in their order');
    $edge->clear;
};

subtest 'NDJSON in pieces' => sub {
    my $lines = join '', map { encode_json($shop->order($_)) . "\n" } 100 .. 1099;
    my $header = join '', map { "$_\r\n" } 'POST /orders HTTP/1.1', 'Host: shop.example', 'Connection: close',
        "Authorization: Bearer $AepBackOffice::token", 'Content-Type: application/x-ndjson', 'Transfer-Encoding: chunked', '';
    my $body = '';
    for (my $place = 0; $place < length $lines; $place += 7777) {
        my $piece = substr $lines, $place, 7777;
        $body .= sprintf "%x\r\n%s\r\n", length $piece, $piece;
    }
    my $answer = $shop->server->client->begin_raw("$header$body" . "0\r\n\r\n")->answer(timeout => 60);
    my @results = @{ $shop->results($answer) };
    is(scalar @results, 1000, 'each line has a result');
    is_deeply([grep { $results[$_]{line} != $_ + 1 || $results[$_]{result} ne 'accepted' } 0 .. $#results], [], 'each is safe');
    my @events = @{ $edge->events(at_least => 1000) };
    is_deeply([map { $_->{_id} } @events], [map { $_->{id} } @results], 'Edge gets each once, in their order');
    cmp_ok(scalar @{ $edge->requests }, '<', 200, 'in batches');
    $edge->clear;
};

subtest 'Commerce webhook' => sub {
    my $body = encode_json({ eventName => 'observer.sales_order_place_after', data => { order => $shop->order(2000)->{order} } });
    my $answer = $shop->post($body, 'X-AEP-Event' => 'orderPlaced');
    is($answer->{status}, 200, 'Commerce gets what it expects');
    is_deeply(decode_json($answer->{body}), { op => 'success' }, 'in its words');
    is(scalar @{ $edge->events(at_least => 1) }, 1, 'Edge gets the event');
    $edge->clear;
};

subtest 'an event named by the address' => sub {
    my $answer = $shop->post($shop->order(2001)->{order}, path => '/orders?event=orderPlaced');
    is($shop->results($answer)->[0]{result}, 'accepted', 'it is known then');
    is(scalar @{ $edge->events(at_least => 1) }, 1, 'Edge gets it');
    is($shop->post($shop->order(2002)->{order}, path => '/orders?event=orderEaten')->{status}, 400, 'an unknown one is refused');
    $edge->clear;
};

subtest 'what is refused as a whole' => sub {
    my %wrong = (
        'no token'        => [401, Authorization => undef],
        'another token'   => [401, Authorization => 'Bearer token-of-somebody-else'],
        'another scheme'  => [401, Authorization => 'Basic dG9rZW4='],
        'another type'    => [415, 'Content-Type' => 'text/xml'],
        'no type'         => [415, 'Content-Type' => undef],
    );
    for my $what (sort keys %wrong) {
        my ($status, %header) = @{ $wrong{$what} };
        my $answer = $shop->post($shop->order(3000), %header);
        is($answer->{status}, $status, $what);
        is(type_of($answer), 'application/problem+json', 'as a problem');
    }
    is($shop->post('')->{status}, 400, 'nothing');
    is($shop->post('{"order":')->{status}, 400, 'JSON that is cut short');
    is($shop->post("{\"a\":\"\xff\"}")->{status}, 400, 'what is not UTF-8');
    is($shop->post('[' x 5000)->{status}, 400, 'a depth bomb');
    is($shop->post('{"event":"orderPlaced","event":"orderPlaced"}')->{status}, 400, 'a member that comes twice');
    is($shop->server->client->get('/orders', $shop->header)->{status}, 405, 'GET');
    is(scalar @{ $edge->events(timeout => 200) }, 0, 'Edge gets none of that');
};

subtest 'Edge is away' => sub {
    $edge->mode({ status => 503 });
    my $answer = $shop->post([map { $shop->order($_) } 4000 .. 4009]);
    is($answer->{status}, 202, 'events are taken all the same');
    $edge->recover;
    my @ids = map { $_->{id} } @{ $shop->results($answer) };
    my %count;
    for (1 .. 300) {
        %count = ();
        $count{ $_->{_id} }++ for grep { $_->{outcome} eq 'accepted' } @{ $edge->events };
        last if keys %count == 10;
        select undef, undef, undef, 0.1;
    }
    is_deeply(\%count, { map { $_ => 1 } @ids }, 'and sent when it is back, each once');
};

$shop->server->quit;
$shop->server->is_clean('after back office events');

done_testing;
