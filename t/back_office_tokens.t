# With aep_edge_credentials, back office events go to Edge with a token.

use strict;
use warnings;

use AepConfiguration;
use AepEdge;
use AepServer;
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $datastream = 'ebebf826-a01f-4458-8cec-ef61de241c93';
my $edge       = AepEdge->start(datastreams => "$datastream=authenticated");
my $file       = AepConfiguration::directory() . '/credential.json';
my $host       = 'http://server.localhost:' . $edge->port;    # an authenticated host, to the stand-in
my $last       = 0;

AepConfiguration::write_file('credential.json', JSON::PP::encode_json({
    CLIENT_ID      => 'cf0b4e1f2d3c4b5a',
    CLIENT_SECRETS => ['p8e-0123456789'],
    ORG_ID         => $AepConfiguration::organization_id,
    SCOPES         => [qw(openid AdobeID)],
    IMS_ENDPOINT   => $edge->url
}));
chmod 0600, $file;

my $server = AepServer->start(
    edge    => $host,
    workers => 2,
    main    => "error_log  AEP_DIRECTORY/debug.log  debug;\n",
    http    => "aep_edge_credentials $file;",
    server  => 'aep_back_office_events on; location = /orders { aep_back_office; aep_back_office_token off; }'
);
ok(AepServer::wait_until(sub { -s $server->queue->directory . '/orders.db' }), 'the workers make the file');

sub append {
    my $count = shift;
    my @ids = map { 'order-' . ++$last } 1 .. $count;
    $server->queue->append_orders($host, $datastream,
        map { qq({"xdm":{"_id":"$_","eventType":"commerce.backofficeOrderPlaced","identityMap":{"email":[{"id":"a","primary":true}]}}}) } @ids);
    return @ids;
}

sub all_are_gone { return AepServer::wait_until(sub { !$server->queue->orders }) }
sub taken        { return map { $_->{_id} } grep { $_->{outcome} eq 'accepted' } @{ $edge->events } }
sub batches      { return grep { $_->{path} eq '/ee/v2/collect' } @{ $edge->requests } }
sub statuses     { return join ' ', map { $_->{answer}{status} } batches() }
sub fetches      { return scalar @{ $edge->requests(action => 'token') } }

# Seconds of a processor that the workers have used.
sub processor_time {
    my $ticks = 0;
    for my $pid ($server->workers) {
        open my $in, '<', "/proc/$pid/stat" or next;
        my @fields = split ' ', <$in> =~ s/.*\) //r;
        $ticks += $fields[11] + $fields[12];
    }
    return $ticks / POSIX::sysconf(POSIX::_SC_CLK_TCK());
}

subtest 'events go with a token' => sub {
    my @ids = append(5);
    ok(all_are_gone(), 'all are delivered');
    is_deeply([taken()], \@ids, 'each once, in their order');
    my ($batch) = batches();
    like($batch->{headers}{authorization}, qr/^Bearer \S+$/, 'with a token');
    is($batch->{headers}{'x-api-key'}, 'cf0b4e1f2d3c4b5a', 'the client');
    is($batch->{headers}{'x-gw-ims-org-id'}, $AepConfiguration::organization_id, 'and the organization');
    is(fetches(), 1, 'of which one was fetched');
    unlike($batch->{text}, qr/p8e|cf0b4e1f2d3c4b5a/, 'the body holds nothing of it');
};

subtest 'a token that Edge does not take any more' => sub {
    $edge->clear;
    $edge->revoke_tokens;
    my @ids = append(5);
    ok(all_are_gone(), 'all are delivered');
    is_deeply([taken()], \@ids, 'each once, in their order');
    like(statuses(), qr/^401(?: 401)? 202$/, 'after a refusal');
    is(fetches(), 1, 'and another token');
    like($server->log, qr/\[error\].*Edge's authenticated host does not take a new token of "aep_edge_credentials"/, 'the log tells of it, as the token was new');
    is(scalar(() = $server->queue->dead_orders), 0, 'nothing is given up');
};

subtest 'an outage of the token service' => sub {
    $edge->clear;
    $edge->mode({ action => 'token', status => 503 });
    $edge->revoke_tokens;
    my @ids = append(5);
    ok($server->wait_for_log(qr/\[warn\].*Adobe's token service .* gives no token: it answered 503; back office events stay in the queue/), 'the log says who is away');
    my $used = processor_time();
    sleep 3;
    $used = processor_time() - $used;
    cmp_ok($used, '<', 0.5, "nginx does not spend its time on it ($used s of a processor in 3 s)");
    is(scalar(() = $server->queue->orders), 5, 'the events wait');
    $edge->recover;
    ok(all_are_gone(), 'then all are delivered');
    is_deeply([taken()], \@ids, 'each once, in their order');
    is(scalar(() = $server->queue->dead_orders), 0, 'nothing is given up');
};

subtest 'tokens that live for seconds' => sub {
    $edge->clear;
    $edge->mode({ action => 'token', expiresIn => 3 });
    $edge->revoke_tokens;
    my @ids = append(1);
    ok(all_are_gone(), 'the first one is delivered');
    my $before = fetches();
    my $end = time + 7;
    while (time < $end) {
        push @ids, append(1);
        sleep 0.2;
    }
    ok(all_are_gone(), 'all are delivered');
    is_deeply([taken()], \@ids, 'each once, in their order');
    cmp_ok(fetches() - $before, '>=', 2, 'tokens were renewed');
    unlike(statuses(), qr/202.*401/, 'before they had expired');
};

$server->ends_soon;
$server->is_clean('with tokens');
open my $in, '<', $server->directory . '/debug.log' or die "debug.log: $!";
my $debug = do { local $/; <$in> } . $server->log;
unlike($debug, qr/p8e-|Bearer|access_token":/, 'no secret and no token is in any log');

done_testing;
