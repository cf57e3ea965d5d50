# Dead letters are looked at, requeued and discarded over HTTP, whichever worker is asked and whichever has their file.

use strict;
use warnings;

use AepEdge;
use AepPatience qw(patience);
use AepServer;
use File::Temp ();
use JSON::PP 'decode_json';
use Test::More;

my $north = 'ebebf826-a01f-4458-8cec-ef61de241c93';
my $south = '22222222-2222-4222-8222-222222222222';
my $token = 'a-token-that-nobody-can-guess';

my $tokens = File::Temp->new;
print $tokens "$token\n";
$tokens->flush;

my $edge   = AepEdge->start;
my $server = AepServer->start(
    edge    => $edge->url,
    workers => 3,
    http    => AepServer::website('south.example', "aep_datastream_id  $south;"),
    server  => "location = /aep-status { aep_status; aep_status_token $tokens; }",
);

my $number = 0;

sub event {
    my ($type, $host) = @_;
    return $server->client->post('/ee/v1/collect?requestId=d' . ++$number, qq({"events":[{"xdm":{"eventType":"$type"}}]}),
        Host => $host // 'shop.example', Origin => 'https://' . ($host // 'shop.example'));
}

sub get { my ($query, %header) = @_; return $server->client->get("/aep-status?$query", %header) }

sub letters { return decode_json(get("format=json&view=dead_letters$_[0]")->{body}) }

sub change {
    my $answer = $server->client->post("/aep-status?$_[0]", '', Authorization => "Bearer $token");
    return $answer->{status} == 200 ? decode_json($answer->{body})->{count} : $answer->{status};
}

$edge->mode({ status => 422 });
event('north.refused') for 1 .. 6;
event('south.refused', 'south.example') for 1 .. 4;
ok(AepServer::wait_until(sub { @{ letters('')->{dead_letters} } == 10 }, patience(30)), 'ten dead letters wait');

my $list = letters('');
ok(!$list->{more}, 'the list says that there are no more');
my ($letter) = grep { $_->{datastream} eq $north } @{ $list->{dead_letters} };
is($letter->{website}, 'shop.example', 'one names its website');
is($letter->{status}, 422, 'and what Edge answered');
is($letter->{kind}, 'event', 'and its kind');
is(scalar @{ letters("&website=$south")->{dead_letters} }, 4, 'those of one website');

is(get("dead_letter=$letter->{id}")->{status}, 401, 'nobody gets a body without a token');
my $body = get("dead_letter=$letter->{id}", Authorization => "Bearer $token");
like($body->{body}, qr/"north\.refused"/, 'with one it is a download');
like($body->{headers}{'content-disposition'}[0], qr/^attachment/, 'and says so');
is(get('dead_letter=99-99', Authorization => "Bearer $token")->{status}, 404, 'another is not there');
is(get('dead_letter=..%2Fpasswd', Authorization => "Bearer $token")->{status}, 404, 'nor is what is no identifier');

is(change('action=requeue'), 400, 'nothing is requeued that is not named');
is(change('action=discard&id=x'), 400, 'nor discarded');
is(change("action=discard&website=$south&status=500"), 0, 'none has that status');

$edge->clear;
is(change("action=requeue&id=$letter->{id}"), 1, 'one is requeued');
ok(AepServer::wait_until(sub { grep { ($_->{eventType} // '') eq 'north.refused' } @{ $edge->events } }, patience(30)),
    'and arrives');
is(change("action=requeue&id=$letter->{id}"), 0, 'it is none any more');
is(change("action=discard&website=$south&status=422"), 4, 'those of a website with a status are discarded');
is(change('action=requeue&all=1'), 5, 'all others are requeued');
ok(AepServer::wait_until(sub { 6 == grep { ($_->{eventType} // '') eq 'north.refused' } @{ $edge->events } }, patience(30)),
    'and arrive, each once');
is(scalar(grep { ($_->{eventType} // '') eq 'south.refused' } @{ $edge->events }), 0, 'what was discarded does not');
is(scalar @{ letters('')->{dead_letters} }, 0, 'none is left');
my $status = decode_json(get('format=json')->{body});
is($status->{queue}{dead_letters}, 0, 'the counters say the same');
my %counted = map { $_->{website} => $_->{dead_letters} } @{ $status->{websites} };
is($counted{'south.example'}[0]{count}, 4, 'and how many there have been');

$server->quit;
$server->is_clean('after all that');

done_testing;
