# A server between us and Edge, or Edge itself, that is out of step: it sends an answer once more, and so each request on
# that connection gets the answer to the one before. Nobody may get what is another visitor's.
#
# AEP_QUICK is for fewer visitors.

use strict;
use warnings;

use AepEdge;
use AepServer;
use JSON::PP ();
use MIME::Base64 qw(decode_base64 encode_base64);
use Test::More;

my $visitors = $ENV{AEP_QUICK} ? 600 : 6000;
my $at_once  = 24;

my $edge   = AepEdge->start(keep => 100000);
my $server = AepServer->start(
    edge    => $edge->url,
    workers => 2,
    server  => 'add_header X-Outcome $aep_outcome always;',
);
my (%outcomes, %ids_of, @anothers, @unexpected);

sub uuid { return sprintf '%08x-0000-4000-8000-%012x', $_[0], $_[0] }

# Each visitor has an identity of its own, which an answer of Edge's repeats.
sub ecid { return sprintf '%038d', 10**9 + $_[0] }

sub body {
    my $number = shift;
    return JSON::PP::encode_json({
        events => [{ xdm => { eventType => 'commerce.purchases', _id => uuid($number) } }],
        query  => { identity => { fetch => ['ECID'] } },
        meta   => { state => { domain => 'shop.example', cookiesEnabled => JSON::PP::true() } },
    });
}

# As in Adobe's cookie: the first field of a protocol buffer.
sub cookie { return 'kndctr_0123456789ABCDEF01234567_AdobeOrg_identity=' . encode_base64("\x0A\x26" . ecid($_[0]), '') }

# Whatever looks like an identity in an answer, in its cookies as well.
sub identities {
    my $answer = shift;
    my @cookies = map { /_identity=([^;]+)/ ? decode_base64($1 =~ s/%([0-9A-F]{2})/chr hex $1/gier) : () }
        @{ $answer->{headers}{'set-cookie'} // [] };
    return map { /(\d{38})/g } $answer->{body}, @cookies;
}

sub take_answer {
    my ($number, $path, $answer) = @_;
    my $outcome = $answer->{headers}{'x-outcome'}[0] // 'none';
    ++$outcomes{"$path $outcome"};
    push @{ $ids_of{$outcome} }, uuid($number);
    push @unexpected, "$path: $answer->{status}" if $answer->{status} != ($path eq 'collect' ? 204 : 200);
    my @requests = ($answer->{body} =~ /"requestId":"([^"]{36})/g, map { substr $_, 0, 36 } @{ $answer->{headers}{'x-request-id'} // [] });
    push @anothers, "$path: $_ instead of " . uuid($number) for grep { $_ ne uuid($number) } @requests;
    push @anothers, "$path: $_ instead of " . ecid($number) for grep { $_ ne ecid($number) } identities($answer);
    return;
}

my @paths = qw(interact interact identity/acquire interact collect);
$edge->mode({ surplus => JSON::PP::true() });
for (my $first = 1; $first <= $visitors; $first += $at_once) {
    my @waiting = map {
        my $path = $paths[$_ % @paths];
        [$_, $path, $server->client->begin('POST', "/ee/v1/$path?requestId=" . uuid($_), body($_),
            Cookie => cookie($_))]
    } $first .. $first + $at_once - 1;
    take_answer($_->[0], $_->[1], $_->[2]->answer) for @waiting;
}
diag join ', ', (map { "$_: $outcomes{$_}" } sort keys %outcomes), scalar(@anothers) . " of somebody else's";
is(scalar @anothers, 0, 'nobody gets what is not his') or diag join "\n", grep { defined } @anothers[0 .. 9];
is(scalar @unexpected, 0, 'everybody gets an answer') or diag join "\n", grep { defined } @unexpected[0 .. 9];
cmp_ok(scalar @{ $ids_of{delivered} // [] }, '>', 0, 'some are Edge\'s');
cmp_ok(scalar @{ $ids_of{queued} // [] },    '>', 0, 'some are not, as theirs was another\'s');
like($server->log, qr/the answer belongs to another request, with the ID "[0-9a-f-]{36}-[0-9a-f]+"; its connection is closed/,
    'the log tells of it');

$edge->recover;
ok($server->queue->becomes_empty, 'Edge is in step again: nothing is left on disk');
my %taken = map { $_->{_id} => 1 } grep { $_->{outcome} eq 'accepted' && $_->{action} eq 'collect' } @{ $edge->events };
is(scalar(grep { !$taken{$_} } @{ $ids_of{queued} // [] }), 0, 'what was not answered is delivered');

$server->quit;
$server->is_clean('in all of it');
done_testing;
