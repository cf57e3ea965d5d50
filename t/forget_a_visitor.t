# aep-forget-visitor: what waits of one visitor goes from the queue's files, while nginx uses them, and is not sent any
# more; what waits of others is.

use strict;
use warnings;

use AepBackOffice;
use AepEdge;
use AepServer;
use Cwd ();
use Digest::SHA qw(sha256_hex);
use File::Basename ();
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use Test::More;

my $top     = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');
my $program = "$top/bin/aep-forget-visitor";
my $edge    = AepEdge->start;
my $shop    = AepBackOffice->start($edge, workers => 2);
my $server  = $shop->server;
my $jane    = '4' x 37 . '1';
my $john    = '5' x 37 . '2';
my $count   = 0;

# As Edge makes it: the ECID, and more.
sub cookie_of {
    my $ecid  = shift;
    my $value = encode_base64("\x0A\x26$ecid\x12\x0ASomethingX", '') =~ tr{+/=}{-_}dr;
    return "kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=$value";
}

sub interact {
    my ($name, %more) = @_;
    my $event  = { xdm => { _id => $name, eventType => 'web.webpagedetails.pageViews' } };
    my $answer = $server->client->post("/ee/v1/interact?requestId=visit-" . ++$count,
        JSON::PP::encode_json({ events => [$event], %{ $more{body} // {} } }),
        Cookie => $more{ecid} ? cookie_of($more{ecid}) : undef);
    return $answer->{status};
}

sub forget {
    my @arguments = @_;
    my $said = `$program @arguments 2>&1`;
    return ($? >> 8, $said);
}

sub names_in { return join ' ', sort map { $_->{body} =~ /"_id":"([a-z-]+)"/g } @_ }

sub order_of { my ($number, $email) = @_; return $shop->post($shop->order($number, customer_email => $email)) }

# The bytes of all files, the logs beside them included.
sub bytes_on_disk {
    my $directory = $server->queue->directory;
    my $bytes = '';
    for my $name (glob "$directory/*") {
        # A journal goes when its transaction ends.
        open my $in, '<:raw', $name or $!{ENOENT} ? next : die "$name: $!";
        local $/;
        $bytes .= <$in> // '';
    }
    return $bytes;
}

$edge->mode({ status => 422, times => 1 });
is(interact('jane-refused', ecid => $jane), 422, 'an event becomes a dead letter');
$edge->mode({ status => 503 });
is(interact('jane-cookie', ecid => $jane), 200, 'an event of a visitor with Edge\'s cookie waits');
is(interact('jane-map', body => { xdm => { identityMap => { ECID => [{ id => $jane }] } } }), 200,
    'one with an identity map does');
is(interact('john-cookie', ecid => $john), 200, 'so does another visitor\'s');
is(interact('john-again', ecid => $john), 200, 'and one more');
my $consent = '{"consent":[{"standard":"Adobe","version":"1.0","value":{"general":"in"}}]}';
$server->client->post('/ee/v1/privacy/set-consent?requestId=c' . $_->[0], $consent, Cookie => cookie_of($_->[1]))
    for [1, $jane], [2, $john];
order_of(1, 'Jane@shop.example');
order_of(2, 'john@shop.example');
my $queue = $server->queue;
ok(AepServer::wait_until(sub { 2 == (() = $queue->consents) && 2 == (() = $queue->orders) && 1 == (() = $queue->dead_letters) }),
    'decisions, orders and the dead letter are in the queue');

# As in the spool of a fleet.
my $columns = 'id, identity, lane, received, due, attempts, source, size, website, action, target, headers, body';
$queue->rows($queue->directory . '/consent.db', "INSERT INTO unpublished ($columns) SELECT $columns FROM consents");

subtest 'who cannot be found' => sub {
    my ($exit, $said) = forget($queue->directory, '6' x 38);
    is($exit, 1, 'an identity that nothing is of');
    like($said, qr/^nothing of this visitor waits/, 'which is said');
    is((forget($queue->directory, 'jane'))[0], 2, 'no identity');
    is((forget($server->directory, $jane))[0], 2, 'no queue');
    is((forget($jane))[0], 2, 'too little');
};

subtest 'a dry run only looks' => sub {
    my ($exit, $said) = forget('--dry-run', $queue->directory, $jane);
    is($exit, 0, 'something is found');
    unlike($said, qr/deleted|reload|$jane/, 'nothing is deleted, and nothing personal printed');
    is(names_in($queue->entries), 'jane-cookie jane-map john-again john-cookie', 'all wait as before');
};

subtest 'by the ECID' => sub {
    my ($exit, $said) = forget($queue->directory, $jane);
    is($exit, 0, 'something is found');
    like($said, qr/consent\.db: 1 decisions on consent deleted/, 'the decision');
    like($said, qr/consent\.db: 1 decisions of which the broker has not heard deleted/, 'and its copy for the broker');
    like($said, qr/dead letters deleted/,                        'the dead letter');
    like($said, qr/reload nginx now/,                            'what is to be done then');
    is(names_in($queue->entries),      'john-again john-cookie', 'the other visitor\'s events stay');
    is(names_in($queue->dead_letters), '',                       'the dead letter is gone');
    is(scalar(() = $queue->consents), 1, 'the other decision stays');
    is(scalar(() = $queue->rows($queue->directory . '/consent.db', 'SELECT id FROM unpublished')), 1, 'its copy, too');
    is(scalar(() = $queue->orders), 2, 'the orders are not found by it');
};

subtest 'by the e-mail address' => sub {
    my ($exit, $said) = forget($queue->directory, 'JANE@shop.example');
    is($exit, 0, 'something is found');
    like($said, qr/orders\.db: 1 back office events deleted/, 'the order');
    my @orders = $queue->orders;
    is(scalar @orders, 1, 'the other order stays');
    unlike($orders[0]{body}, qr/@{[sha256_hex('jane@shop.example')]}/, 'which is not hers');
    is((forget($queue->directory, sha256_hex('jane@shop.example')))[0], 1, 'her hash finds nothing more');
};

ok($server->reload, 'nginx reloads');
my $bytes = bytes_on_disk();
unlike($bytes, qr/jane-cookie|jane-map|jane-refused|$jane/, 'nothing of her is on the disk');
unlike($bytes, qr/@{[sha256_hex('jane@shop.example')]}/, 'not of her order, either');
like($bytes, qr/john-cookie/, 'his events are');

$edge->recover;
ok($queue->becomes_empty && AepServer::wait_until(sub { !$queue->orders }), 'Edge is back: all is delivered');
my @delivered = grep { $_->{outcome} eq 'accepted' } @{ $edge->events };
is(join(' ', sort grep { /^j/ } map { $_->{_id} // '' } @delivered), 'john-again john-cookie', 'of the events, his alone');
is(join(' ', grep { defined } map { $_->{order} } @delivered), '000000002', 'of the orders, his alone');
$server->ends_soon;
$server->is_clean('after a visitor was forgotten');

done_testing;
